// The playground: files and editor on one side, what comes of them on the other.
import { Editor } from "./editor.js";
import { examples } from "./examples.js";
import { Panes } from "./panes.js";
import * as store from "./store.js";

const $ = (id) => document.getElementById(id);
const MAIN = "main.lua";

let files = { [MAIN]: examples[0].text };
let active = MAIN;
let runner;
let looker = worker();
let lookId = 0;
let state = "idle";
let started = 0;
let spent = 0;
/** The text is not that of the program that runs or is paused. */
let stale = false;
/** The moment the slider is at, and the one the machine is on the way to. */
let wanted, going;

const editor = new Editor($("editor"), {
  onChange(text) {
    files[active] = text;
    store.keepFiles(files, active);
    // The address no longer says what is here.
    if (location.hash) history.replaceState(null, "", location.pathname);
    changed();
    look();
  },
  onSelect: (range) => panes.choose(range),
  onRun: () => run(),
});
const panes = new Panes({
  onRange: (range) => editor.mark(range ? [{ ...range, kind: "lit" }] : [], true),
  onFix: (fix) => editor.apply(fix),
  onPlace: ({ from, to }) => editor.select(from, to),
  onTime(fuel) {
    wanted = fuel;
    if (going === undefined) go();
  },
});

/** Sends the machine to where the slider is; where it went in between does not matter. */
function go() {
  going = wanted;
  runner?.postMessage({ do: "go", fuel: going });
}

/** What is paused is not the text any more: it can be looked at, and the next run begins anew. */
function changed() {
  if (state === "idle" || stale) return;
  stale = true;
  store.keepProgram(null);
  editor.mark([]);
  to(state);
  if (state === "paused") say("The text has changed: Run begins anew.");
}

function worker() {
  const made = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  made.onmessage = ({ data }) => {
    for (const [name, value] of Object.entries(data)) handlers[name]?.(value, data);
  };
  made.onerror = (event) => say(`The worker has failed: ${event.message}`);
  return made;
}

const handlers = {
  looked(found) {
    if (found.id !== lookId || found.text !== editor.text) return;
    editor.tokens(found.tokens);
    editor.diagnostics(found.diagnostics);
    panes.show(found);
  },
  formatted({ before, text, diagnostics }) {
    if (diagnostics) say("The program has errors, so it is not formatted.");
    else if (before === editor.text && text !== before) editor.replace(text);
  },
  refused(diagnostics) {
    panes.open("problems");
    to("idle");
    say(`The program has ${diagnostics.length === 1 ? "an error" : `${diagnostics.length} errors`}.`);
  },
  running: () => to("running"),
  output: (text) => panes.output(text),
  more: (text) => panes.more(text),
  stopped(found, { first, last }) {
    to("paused");
    if (going !== undefined && going !== wanted) go();
    else going = undefined;
    panes.machine(found, first, last, going);
    const [frame] = found.frames;
    const here = !stale && frame && frame.file === active && frame.from !== undefined;
    editor.mark(here ? [{ from: frame.from, to: frame.to, kind: "now" }] : [], true);
  },
  ended(end) {
    to("idle");
    panes.ended();
    editor.mark([]);
    if (end.state === "failed") panes.failed(end.error.report);
    say({ done: "Done.", failed: "The program has failed.", exited: `Exit code ${end.code}.` }[end.state]);
  },
  past: ({ first, last }) => panes.past(first, last),
  saved: (saved) => store.keepProgram(saved && !stale ? { ...saved, files, active } : null),
  fault: (message) => (to("idle"), say(message)),
};

function say(text) {
  $("status").textContent = text;
}

function to(next) {
  if (next === "running" && state !== "running") started = performance.now();
  if (next !== "running" && state === "running") spent += performance.now() - started;
  if (next !== "running") clearTimeout(stopping);
  state = next;
  $("stop").disabled = state !== "running";
  $("run").textContent = state === "paused" && !stale ? "Continue" : "Run";
  if (state === "running") say("Running…");
  if (state === "paused") say("Paused.");
  tick();
}

function tick() {
  const now = spent + (state === "running" ? performance.now() - started : 0);
  $("watch").value = `${(now / 1000).toFixed(1)} s`;
}
setInterval(tick, 200);

/** Has the compiler look at the text when the visitor pauses. */
let timer;
function look() {
  clearTimeout(timer);
  timer = setTimeout(() => looker.postMessage({ do: "look", text: editor.text, name: active, id: ++lookId }), 120);
}

function start(paused) {
  spent = 0;
  started = performance.now();
  stale = false;
  going = undefined;
  editor.mark([]);
  panes.output("");
  panes.open(paused ? "machine" : "output");
  runner ??= worker();
  const main = MAIN in files ? MAIN : active;
  runner.postMessage({ do: "start", files, main, paused });
}

function run() {
  if (state === "running") return;
  if (state === "paused" && !stale) runner.postMessage({ do: "run" });
  else start(false);
}

let stopping;
function stop() {
  runner?.postMessage({ do: "pause" });
  // What does not answer is in a long instruction: its worker ends.
  clearTimeout(stopping);
  stopping = setTimeout(() => {
    runner.terminate();
    runner = undefined;
    store.keepProgram(null);
    to("idle");
    say("Stopped.");
  }, 400);
}

function open(name) {
  active = name;
  editor.open(files[name]);
  tabs();
  look();
}

function tabs() {
  const names = Object.keys(files);
  panes.tabs($("files"), names.map((name) => ({ id: `file-${names.indexOf(name)}`, text: name, selected: name === active, choose: () => open(name) })));
  $("remove").disabled = names.length < 2;
}

function replaceFiles(next, name) {
  files = next;
  if (state !== "idle") {
    runner?.terminate();
    runner = undefined;
    going = undefined;
    to("idle");
  }
  say("");
  open(name);
}

$("run").onclick = run;
$("stop").onclick = stop;
$("step").onclick = () => (state === "idle" || (stale && state === "paused") ? start(true) : runner.postMessage({ do: "step" }));
$("format").onclick = () => looker.postMessage({ do: "format", text: editor.text, name: active });
$("share").onclick = async () => {
  location.hash = await store.toFragment(files, active);
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is in the clipboard and in the address.");
  } catch {
    say("The link is in the address.");
  }
};
$("add").onclick = () => {
  const name = prompt("Name of the file", "module.lua")?.trim();
  if (!name) return;
  if (Object.hasOwn(files, name) || name === "__proto__") return say(`A new file cannot have the name ${name}.`);
  files[name] = "";
  changed();
  store.keepFiles(files, name);
  open(name);
};
$("remove").onclick = () => {
  if (!confirm(`Delete ${active}?`)) return;
  delete files[active];
  changed();
  store.keepFiles(files, Object.keys(files)[0]);
  open(Object.keys(files)[0]);
};
$("examples").append(...[{ title: "Choose…" }, ...examples].map(({ title }, i) => new Option(title, i)));
$("examples").onchange = (event) => {
  const example = examples[event.target.value - 1];
  if (!example) return;
  replaceFiles({ [MAIN]: example.text, ...example.files }, MAIN);
  store.keepFiles(files, active);
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) run();
});
addEventListener("hashchange", () => fromLink());

/** Opens what a link holds; it never runs by itself. Whether it is something else than what is here. */
async function fromLink() {
  if (location.hash.length < 2) return false;
  try {
    const found = await store.fromFragment(location.hash.slice(1));
    if (JSON.stringify(found.files) === JSON.stringify(files)) return false;
    replaceFiles(found.files, found.active);
    say("This program is from a link. Your own stays until you change this one.");
    return true;
  } catch (error) {
    say(`The link cannot be opened: ${error.message}`);
    return false;
  }
}

/** A program that was there when the page was left is there again, with the files it ran with. It goes on if it
 * ran, but not where the address is a link. */
async function goOn() {
  const saved = await store.loadProgram();
  if (!saved || JSON.stringify(saved.files) !== JSON.stringify(files)) return;
  const running = saved.running && location.hash.length < 2;
  runner ??= worker();
  panes.open(running ? "output" : "machine");
  runner.postMessage({ do: "restore", saved: { ...saved, running } });
}

const kept = store.loadFiles();
if (kept) ({ files, active } = kept);
open(active);
if (!(await fromLink())) await goOn();
document.body.dataset.ready = "";
if ("serviceWorker" in navigator) navigator.serviceWorker.register("sw.js");

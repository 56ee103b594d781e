// Tests of the package; LUKA_WASM is its luka.js.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const path = process.env.LUKA_WASM;
const { Luka, LukaTrap } = await import(pathToFileURL(path));
const module = await WebAssembly.compile(await readFile(join(dirname(path), "luka.wasm")));

/** A machine, and what it has written. */
async function made(options = {}) {
  const written = { stdout: "", stderr: "" };
  const onWrite = (text, stream) => (written[stream] += text);
  return [await Luka.create({ module, onWrite, ...options }), written];
}

test("a program runs, and output is text in order", async () => {
  const [luka, written] = await made();
  const ended = await luka.run("io.write('a', 'é😀') io.stderr:write('!') print(1 // 1, 2 ^ 2)");
  assert.deepEqual(ended, { state: "done" });
  assert.deepEqual(written, { stdout: "aé😀1\t4.0\n", stderr: "!" });
});

test("the module beside the file is found", async () => {
  const luka = await Luka.create();
  assert.deepEqual(await luka.run("return"), { state: "done" });
});

test("output comes while the program runs, and characters whole", async () => {
  const pieces = [];
  const [luka] = await made({ onWrite: (text) => pieces.push(text) });
  luka.start("io.write('\\xc3') io.stdout:flush() for i = 1, 1e4 do end io.write('\\xa9')");
  await luka.resume({ slice: 1000 });
  assert.deepEqual(pieces, ["é"]);
  luka.start("for i = 1, 3 do print(i) for j = 1, 1e4 do end end");
  const before = pieces.length;
  await luka.resume({ slice: 5000 });
  assert.ok(pieces.length - before >= 3, `${pieces.length - before} pieces`);
});

test("errors come with their report, exit codes as they are", async () => {
  const [luka] = await made();
  const failed = await luka.run("local function f(x)\n  return x.y.z\nend\nf({})");
  assert.equal(failed.state, "failed");
  assert.equal(failed.error.message, "main.lua:2: attempt to index a nil value (field 'y')");
  assert.match(failed.error.traceback, /in upvalue 'f'|in local 'f'|in function/);
  assert.equal(failed.error.levels[0].line, 2);
  assert.deepEqual(await luka.run("os.exit(3)"), { state: "exited", code: 3 });
});

test("diagnostics have positions in UTF-16 and fixes that help", async () => {
  const [luka] = await made();
  assert.deepEqual(luka.diagnostics("local a = 1"), []);
  const text = "local s = '😀é'\nif s != '' then print(s) end";
  const [found] = luka.diagnostics(text);
  assert.equal(text.slice(found.from, found.to), "!=");
  assert.equal(found.line, 2);
  const [edit] = found.fixes[0].edits;
  const fixed = text.slice(0, edit.from) + edit.text + text.slice(edit.to);
  assert.deepEqual(luka.diagnostics(fixed), []);
  const refused = await luka.run(text);
  assert.equal(refused.state, "refused");
  assert.deepEqual(refused.diagnostics, luka.diagnostics(text));
});

test("the formatter formats, and says why it does not", async () => {
  const [luka] = await made();
  assert.deepEqual(luka.format("x   =  '😀'"), { text: 'x = "😀"\n' });
  assert.equal(luka.format("x = = 1").diagnostics[0].severity, "error");
});

test("tokens and comments cover the text", async () => {
  const [luka] = await made();
  const text = "local é = 1";
  assert.equal(luka.tokens(text)[1].kind, "error");
  const other = "local x = '😀' -- é\nreturn x + 0x10";
  const kinds = luka.tokens(other).map((t) => [t.kind, other.slice(t.from, t.to)]);
  assert.deepEqual(kinds, [
    ["keyword", "local"], ["name", "x"], ["symbol", "="], ["string", "'😀'"], ["comment", "-- é"],
    ["keyword", "return"], ["name", "x"], ["symbol", "+"], ["number", "0x10"],
  ]);
});

test("the tree and the listing belong to the text", async () => {
  const [luka] = await made();
  assert.match(luka.tree("local x = 1"), /local/i);
  const text = "local s = '😀'\nprint(s .. 'é', #s)";
  const { listing } = luka.listing(text);
  const lines = listing.text.split("\n");
  const made_of = (mnemonic) =>
    listing.instructions.filter((i) => lines[i.line].includes(mnemonic)).map((i) => text.slice(i.from, i.to));
  assert.deepEqual(made_of("CONCAT"), ["s .. 'é'"]);
  assert.deepEqual(made_of("LEN"), ["#s"]);
  assert.ok(luka.listing("x =").diagnostics.length > 0);
});

test("images run", async () => {
  const [luka, written] = await made();
  const { image } = luka.compile("print(...)");
  assert.deepEqual(await luka.run(image), { state: "done" });
  assert.equal(written.stdout, "\n");
  assert.throws(() => luka.start(image.slice(0, 20)), Error);
});

test("fuel and signals end a run, which goes on later", async () => {
  const [luka, written] = await made();
  const text = "n = 0 while n < 1e6 do n = n + 1 end print(n)";
  assert.deepEqual(await luka.run(text, { fuel: 1000 }), { state: "out of fuel" });
  const aborted = await luka.resume({ signal: AbortSignal.abort() });
  assert.deepEqual(aborted, { state: "aborted" });
  assert.deepEqual(await luka.resume(), { state: "done" });
  assert.equal(written.stdout, "1000000\n");
  const started = Date.now();
  const stopped = await luka.run("while true do end", { signal: AbortSignal.timeout(50) });
  assert.deepEqual(stopped, { state: "aborted" });
  assert.ok(Date.now() - started < 1000);
});

test("beyond the memory limit there is an error to catch", async () => {
  const [luka, written] = await made();
  const text = "print(pcall(string.rep, 'x', 1 << 26)) print(pcall(function() local t = {} for i = 1, 1e9 do t[i] = {} end end))";
  assert.deepEqual(await luka.run(text, { memory: 8 << 20 }), { state: "done" });
  assert.equal(written.stdout, "false\tnot enough memory\nfalse\tnot enough memory\n");
});

test("a step is an instruction, and the state shows variables", async () => {
  const [luka] = await made();
  luka.start("local text, n = 'é', 1\nn = n + 1\nlocal function f(a) return a end\nf(n)");
  const seen = new Set();
  let last;
  do {
    const state = luka.state();
    const [frame] = state.frames;
    seen.add(frame?.line);
    for (const { name, value } of frame?.registers ?? []) last = name === "n" ? value : last;
  } while (luka.step().state === "paused");
  // Before the first instruction no function is active.
  assert.deepEqual([...seen], [undefined, 1, 2, 3, 4]);
  assert.equal(last, "2");
  assert.throws(() => luka.state(), /no program runs/);
});

test("any amount of fuel is one", async () => {
  const [luka] = await made();
  for (const [fuel, state] of [[Infinity, "done"], [1e19, "done"], [0, "paused"], [-1, "paused"], [NaN, "paused"]]) {
    luka.start("for i = 1, 1000 do end");
    assert.equal(luka.step(fuel).state, state, fuel);
  }
  luka.stop();
  assert.throws(() => luka.step(), /no program runs/);
});

test("a snapshot goes on in another machine with its files and output", async () => {
  const [luka, written] = await made();
  const text = "local m = require('m') for i = 1, 4 do print(i * m.k) coroutine.wrap(function() coroutine.yield() end)() end";
  luka.start(text, { files: { "m.lua": "return { k = 10 }" }, seed: [1, 2] });
  while (written.stdout !== "10\n20\n") luka.step();
  const saved = luka.snapshot();
  const [other, rest] = await made();
  other.restore(saved);
  assert.equal(other.state().frames.at(-1).file, "main.lua");
  assert.deepEqual(await other.resume(), { state: "done" });
  assert.equal(rest.stdout, "30\n40\n");
  for (const broken of [saved.slice(0, 100), saved.map((byte, i) => (i === 200 ? byte ^ 1 : byte)), new Uint8Array(9)]) {
    assert.throws(() => other.restore(broken), (error) => !(error instanceof LukaTrap));
  }
});

test("the same seed gives the same run", async () => {
  const runs = [];
  for (const seed of [[1, 2], [1, 2], [3, 4]]) {
    const [luka, written] = await made();
    await luka.run("math.randomseed() print(math.random(1 << 50))", { seed });
    runs.push(written.stdout);
  }
  assert.equal(runs[0], runs[1]);
  assert.notEqual(runs[0], runs[2]);
});

test("programs find the clock, local time and standard input", async () => {
  const now = Date.UTC(2026, 6, 1, 12);
  const [luka, written] = await made({ now: () => now });
  await luka.run("print(os.time(), os.date('%Y-%m-%d %H', os.time()), os.time(os.date('*t')) == os.time(), io.read('l', 'n'))",
    { stdin: "line\n42" });
  const at = new Date(now);
  const two = (n) => String(n).padStart(2, "0");
  const local = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}`;
  assert.equal(written.stdout, `${now / 1000}\t${local}\ttrue\tline\t42\n`);
});

test("deep recursion of every kind is an error of the program", async () => {
  const [luka, written] = await made();
  const text = `
    print(pcall(function() local function f() return 1 + f() end return f() end))
    print(select('#', pcall(string.rep, 'x', -1)))
    print(load(string.rep('(', 300) .. '1' .. string.rep(')', 300)) == nil)
    local s = string.rep('a', 300) print(pcall(string.gsub, s, string.rep('(a', 40), '') )
    local t = setmetatable({}, { __index = function(t, k) return t[k] end }) print(pcall(function() return t.x end))`;
  assert.deepEqual(await luka.run(text), { state: "done" });
  assert.match(written.stdout, /^false\t.*stack overflow/);
  assert.equal(written.stdout.match(/overflow/g).length, 2);
});

test("an error in the handler of output is thrown after the piece, and the program goes on", async () => {
  let fails = true;
  const [luka] = await made({
    onWrite: () => {
      if (fails) throw new Error("full");
    },
  });
  luka.start("print(1) for i = 1, 1e5 do end print(2)");
  assert.throws(() => luka.step(1000), /full/);
  fails = false;
  assert.deepEqual(await luka.resume(), { state: "done" });
});

test("calls in the middle of a call are refused", async () => {
  let refused;
  const [luka] = await made({
    onWrite: () => {
      try {
        luka.diagnostics("x");
      } catch (error) {
        refused = error;
      }
    },
  });
  await luka.run("print(1)");
  assert.match(refused.message, /in the middle/);
});

test("after a trap the machine is made anew", async () => {
  let traps = false;
  const now = () => {
    if (traps) throw new Error("the clock is broken");
    return 0;
  };
  const [luka, written] = await made({ now });
  luka.start("print(os.time())");
  traps = true;
  assert.throws(() => luka.step(1000), LukaTrap);
  traps = false;
  assert.throws(() => luka.step(), /no program runs/);
  assert.deepEqual(await luka.run("print(os.time())"), { state: "done" });
  assert.equal(written.stdout, "0\n");
});

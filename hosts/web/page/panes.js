// The panes beside the editor.

const $ = (id) => document.getElementById(id);
/** Characters of a block of output, about, and at most: blocks that are out of sight are not laid out. */
const BLOCK = 2000;
const LONGEST = 50_000;
const PANES = ["output", "problems", "tokens", "tree", "bytecode", "machine"];

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export class Panes {
  #on;
  #open = "output";
  #lines = [];
  #chosen = -1;

  constructor(on) {
    this.#on = on;
    this.open("output");
    $("time").oninput = ({ target }) => on.onTime(Number(target.value));
    $("bytecode").onkeydown = (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.#pick(Math.max(0, Math.min(this.#lines.length - 1, this.#chosen + by)));
    };
  }

  /** Fills a list of tabs, which arrow keys walk through. */
  tabs(list, entries) {
    const focused = list.contains(document.activeElement);
    const tabs = entries.map(({ id, text, selected, choose, controls }) => {
      const tab = element("button", { id, textContent: text, onclick: choose, tabIndex: selected ? 0 : -1 });
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-selected", selected);
      if (controls) tab.setAttribute("aria-controls", controls);
      return tab;
    });
    list.replaceChildren(...tabs);
    if (focused) tabs.find((tab) => tab.tabIndex === 0)?.focus();
    list.onkeydown = ({ key }) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
      const at = entries.findIndex((entry) => entry.selected);
      if (by) entries[(at + by + entries.length) % entries.length].choose();
    };
  }

  open(name) {
    this.#open = name;
    const title = (pane) => pane[0].toUpperCase() + pane.slice(1);
    this.tabs($("tabs"), PANES.map((pane) => ({
      id: `tab-${pane}`,
      text: title(pane),
      selected: pane === name,
      choose: () => this.open(pane),
      controls: `pane-${pane}`,
    })));
    for (const pane of PANES) $(`pane-${pane}`).hidden = pane !== name;
  }

  output(text) {
    if ($("output").textContent === text) return;
    $("output").replaceChildren();
    this.more(text);
  }

  /** Adds to the output, so that it alone is read aloud. */
  more(text) {
    const pane = $("output");
    for (let at = 0; at < text.length; ) {
      let block = pane.lastElementChild;
      const length = block?.textContent.length ?? BLOCK;
      if (length >= BLOCK) block = pane.appendChild(element("div"));
      const room = length >= BLOCK ? BLOCK : BLOCK - length;
      // To the end of the line, if it has one that is not far.
      const end = text.indexOf("\n", at + room - 1) + 1;
      const to = end > 0 && end - at < LONGEST ? end : Math.min(text.length, at + LONGEST);
      block.append(text.slice(at, to));
      at = to;
    }
    pane.scrollTop = pane.scrollHeight;
  }

  failed(report) {
    $("output").append(element("span", { className: "error", textContent: report }));
    $("output").scrollTop = $("output").scrollHeight;
  }

  show({ diagnostics, tokens, tree, listing }) {
    $("problems").replaceChildren(...diagnostics.map((found) => this.#problem(found)));
    if (!diagnostics.length) $("problems").append(element("li", { textContent: "No problems." }));
    $("tokens").textContent = tokens.map((t) => `${t.from}–${t.to}  ${t.kind.padEnd(8)} ${t.text}`).join("\n");
    $("tree").textContent = tree;
    this.#listing(listing);
  }

  #problem(found) {
    const { from, to, line, severity, message, code, help, fixes } = found;
    const place = element("button", { textContent: `Line ${line}`, onclick: () => this.#on.onPlace({ from, to }) });
    const item = element("li", {}, place, ` ${severity} ${code}: ${message} `);
    for (const text of help) item.append(element("p", { textContent: text }));
    for (const fix of fixes) {
      item.append(element("button", { textContent: `Fix: ${fix.title}`, onclick: () => this.#on.onFix(fix) }), " ");
    }
    return item;
  }

  #listing(listing) {
    this.#chosen = -1;
    this.#lines = [];
    if (!listing) return $("bytecode").replaceChildren("The program has errors.");
    const of = new Map(listing.instructions.map((one) => [one.line, one]));
    const lines = listing.text.split("\n").map((text, number) => {
      const line = element("div", { textContent: text || " ", id: `line-${number}` });
      const range = of.get(number);
      line.setAttribute("role", range ? "option" : "presentation");
      if (range) {
        line.setAttribute("aria-selected", "false");
        const at = this.#lines.push({ line, range }) - 1;
        line.onclick = () => this.#pick(at);
      }
      return line;
    });
    $("bytecode").replaceChildren(...lines);
  }

  #pick(at) {
    const { line, range } = this.#lines[at] ?? {};
    if (!line) return;
    this.#chosen = at;
    this.#light((one) => one.line === line);
    $("bytecode").setAttribute("aria-activedescendant", line.id);
    line.scrollIntoView({ block: "nearest" });
    this.#on.onRange(range);
  }

  #light(chosen) {
    for (const one of this.#lines) one.line.setAttribute("aria-selected", chosen(one));
  }

  /** Marks the instructions of a range of the source. */
  choose({ from, to }) {
    const inside = ({ range }) => range.from <= to && from <= range.to && (from < to ? range.from < to && from < range.to : true);
    this.#light(inside);
    if (this.#open === "bytecode") this.#lines.find(inside)?.line.scrollIntoView({ block: "nearest" });
  }

  /** Shows where the program is; the slider stays where it is being `moved` to. */
  machine({ fuel, memory, frames }, first, last, moved) {
    const time = $("time");
    Object.assign(time, { min: first, max: last, disabled: last <= first });
    time.value = moved ?? fuel;
    $("moment").value = `instruction ${fuel - first} of ${last - first}; ${(memory / 1024).toFixed(0)} KiB`;
    $("frames").replaceChildren(...frames.map((frame) => this.#frame(frame)));
  }

  ended() {
    $("time").disabled = true;
    $("frames").replaceChildren();
  }

  /** A program has ended; its moments can be gone back to. */
  past(first, last) {
    Object.assign($("time"), { min: first, max: last, disabled: false });
    $("time").value = last;
    $("moment").value = "The program has ended; move back in time.";
  }

  #frame({ kind, name, file, line, pc, registers }) {
    const where = kind === "lua" ? `${file}:${line ?? "?"}, instruction ${pc}` : "native";
    const table = element("table", {}, element("caption", { textContent: `${name ?? "main chunk"} — ${where}` }));
    registers.forEach(({ name, value, type }, number) => {
      const head = element("th", { textContent: `R${number} ${name ?? ""}`, scope: "row" });
      table.append(element("tr", {}, head, element("td", { textContent: value, title: type })));
    });
    return table;
  }
}

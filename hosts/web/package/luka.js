// Luka in WebAssembly, for Node and browsers. luka.d.ts describes what is exported.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const REFUSED = 4;
const STATES = ["done", "paused", "failed", "exited"];

/** Units of fuel between two looks at the signal; a piece takes some ten milliseconds. */
const SLICE = 2_000_000;
/** Bytes that the objects of a program may take, unless the caller says how many. */
const MEMORY = 256 * 2 ** 20;

/** The module failed, which is a fault of this package or lack of memory: the program is lost. */
export class LukaTrap extends Error {
  constructor(cause) {
    super(`the machine has failed and was made anew: ${cause.message}`, { cause });
    this.name = "LukaTrap";
  }
}

let shared;

/** The module beside this file, compiled once. */
function compiledModule() {
  shared ??= (async () => {
    const url = new URL("./luka.wasm", import.meta.url);
    if (url.protocol === "file:") {
      const { readFile } = await import("node:fs/promises");
      return WebAssembly.compile(await readFile(url));
    }
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} is not there: ${response.status}`);
    return WebAssembly.compile(await response.arrayBuffer());
  })();
  // What has failed may succeed another time.
  shared.catch(() => (shared = undefined));
  return shared;
}

/** Files as the module takes them: for each the lengths of name and contents, then both. */
function pack(files) {
  const parts = files.map(([name, contents]) => [
    encoder.encode(name),
    typeof contents === "string" ? encoder.encode(contents) : contents,
  ]);
  const bytes = new Uint8Array(parts.reduce((sum, [a, b]) => sum + 8 + a.length + b.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [name, contents] of parts) {
    view.setUint32(at, name.length, true);
    view.setUint32(at + 4, contents.length, true);
    bytes.set(name, at + 8);
    bytes.set(contents, at + 8 + name.length);
    at += 8 + name.length + contents.length;
  }
  return bytes;
}

export class Luka {
  #module;
  #exports;
  #options;
  #decoders;
  #busy = false;
  #failure;

  /** @private use Luka.create */
  constructor(module, options) {
    this.#module = module;
    this.#options = options;
    this.#instantiate();
  }

  static async create(options = {}) {
    let { module } = options;
    if (module === undefined) module = await compiledModule();
    else if (!(module instanceof WebAssembly.Module)) module = await WebAssembly.compile(module);
    return new Luka(module, options);
  }

  #instantiate() {
    this.#failure = undefined;
    const now = this.#options.now ?? Date.now;
    this.#exports = new WebAssembly.Instance(this.#module, {
      luka: {
        write: (file, at, length) => this.#write(file, at, length),
        now: () => Number(now()),
        offset: (time) => -60_000 * new Date(time).getTimezoneOffset() || 0,
      },
    }).exports;
    this.#newDecoders();
  }

  #newDecoders() {
    // A character may be written in pieces, so each stream has a decoder of its own.
    this.#decoders = [undefined, new TextDecoder(), new TextDecoder()];
  }

  #write(file, at, length) {
    // What a handler throws must not pass through the machine: it is thrown when the piece is over.
    if (this.#failure) return;
    try {
      const bytes = this.#view(at, length).slice();
      if (this.#options.onBytes) this.#options.onBytes(bytes, file === 2 ? "stderr" : "stdout");
      const text = this.#decoders[file].decode(bytes, { stream: true });
      if (text && this.#options.onWrite) this.#options.onWrite(text, file === 2 ? "stderr" : "stdout");
    } catch (error) {
      this.#failure = { error };
    }
  }

  // Memory may have grown since the last look, which detaches views.
  #view(at, length) {
    return new Uint8Array(this.#exports.memory.buffer, at, length);
  }

  /** Calls a function of the module with input; its status. */
  #call(name, input, ...parameters) {
    if (this.#busy) throw new Error("Luka is in the middle of another call");
    this.#busy = true;
    try {
      if (input) {
        const at = this.#exports.room(input.length);
        this.#view(at, input.length).set(input);
      }
      return this.#exports[name](...parameters);
    } catch (cause) {
      this.#instantiate();
      throw new LukaTrap(cause);
    } finally {
      this.#busy = false;
    }
  }

  #output() {
    return this.#view(this.#exports.output(), this.#exports.output_length());
  }

  #text() {
    return decoder.decode(this.#output());
  }

  /** The result of a tool on a text: `{ [key]: read() }`, or `{ diagnostics }`. */
  #tool(name, text, options, key, read) {
    const file = options?.name ?? "main.lua";
    if (this.#call(name, pack([[file, text]])) !== REFUSED) return { [key]: read() };
    const why = JSON.parse(this.#text());
    if (typeof why === "string") throw new Error(why);
    return { diagnostics: why };
  }

  diagnostics(text, options) {
    return this.#tool("diagnostics", text, options, "found", () => JSON.parse(this.#text())).found;
  }

  compile(text, options) {
    return this.#tool("build", text, options, "image", () => this.#output().slice());
  }

  format(text, options) {
    return this.#tool("format", text, options, "text", () => this.#text());
  }

  tokens(text, options) {
    return this.#tool("tokens", text, options, "found", () => JSON.parse(this.#text())).found;
  }

  tree(text, options) {
    return this.#tool("tree", text, options, "text", () => this.#text()).text;
  }

  listing(text, options) {
    return this.#tool("listing", text, options, "listing", () => JSON.parse(this.#text()));
  }

  start(program, options = {}) {
    const name = options.name ?? "main.lua";
    const others = Object.entries(options.files ?? {}).filter(([other]) => other !== name);
    const [a, b] = options.seed ?? [Math.random(), Math.random()];
    this.#newDecoders();
    const stdin = options.stdin ?? "";
    this.#call("stdin", typeof stdin === "string" ? encoder.encode(stdin) : stdin);
    const files = pack([[name, program], ...others]);
    return this.#begun(this.#call("start", files, options.memory ?? MEMORY, a, b));
  }

  restore(bytes, options = {}) {
    this.#newDecoders();
    const begun = this.#begun(this.#call("restore", bytes, options.memory ?? MEMORY));
    if (begun.diagnostics) throw new Error("the snapshot is refused");
  }

  #begun(status) {
    if (status !== REFUSED) return {};
    const why = JSON.parse(this.#text());
    if (typeof why === "string") throw new Error(why);
    return { diagnostics: why };
  }

  step(instructions = 1) {
    const status = this.#call("run", undefined, instructions);
    this.#rethrow();
    const end = JSON.parse(this.#text());
    if (status === REFUSED) throw new Error(end);
    const state = STATES[status];
    if (state === "failed") return { state, error: end };
    return state === "exited" ? { state, code: end } : { state };
  }

  #rethrow() {
    const { error } = this.#failure ?? {};
    const failed = this.#failure !== undefined;
    this.#failure = undefined;
    if (failed) throw error;
  }

  async resume(options = {}) {
    const { signal, fuel = Infinity, slice = SLICE, onSlice } = options;
    let left = fuel;
    for (;;) {
      if (signal?.aborted) return { state: "aborted" };
      const piece = Math.min(slice, left);
      const ended = this.step(piece);
      left -= piece;
      if (ended.state !== "paused") return ended;
      onSlice?.();
      if (left <= 0) return { state: "out of fuel" };
      await nextTask();
    }
  }

  async run(program, options = {}) {
    const { diagnostics } = this.start(program, options);
    if (diagnostics) return { state: "refused", diagnostics };
    return this.resume(options);
  }

  state() {
    if (this.#call("state") === REFUSED) throw new Error(JSON.parse(this.#text()));
    return JSON.parse(this.#text());
  }

  snapshot() {
    if (this.#call("snapshot") === REFUSED) throw new Error(JSON.parse(this.#text()));
    return this.#output().slice();
  }

  stop() {
    this.#call("stop");
  }
}

/** Lets the page or server do something else; unlike a timer, without a least delay. */
function nextTask() {
  if (typeof setImmediate === "function") return new Promise((next) => setImmediate(next));
  return new Promise((next) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      next();
    };
    port2.postMessage(undefined);
  });
}

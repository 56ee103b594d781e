/** Positions count units of UTF-16, as JavaScript's strings do; ranges are half open. */
export interface Range {
  from: number;
  to: number;
}

export interface Edit extends Range {
  text: string;
}

export interface Fix {
  title: string;
  /** Whether it certainly does what was meant. */
  safe: boolean;
  edits: Edit[];
}

export interface Diagnostic extends Range {
  /** `L0103`; `luka explain L0103` says more. */
  code: string;
  severity: "error" | "warning";
  message: string;
  /** The line of `from`, counted from 1. */
  line: number;
  /** What belongs to the range itself. */
  label: string;
  /** Further places that matter. */
  labels: (Range & { text: string })[];
  notes: string[];
  help: string[];
  fixes: Fix[];
  /** What PUC Lua says of it. */
  lua: string | null;
}

export interface Token extends Range {
  kind: "keyword" | "name" | "string" | "number" | "symbol" | "comment" | "error";
  /** What messages call it: `then`, `<name>`. */
  text: string;
}

export interface Listing {
  text: string;
  /** The instructions, with their line in the text, from 0, and the range of the source. */
  instructions: (Range & { line: number; function: number; pc: number })[];
}

export interface Register {
  /** The local variable's name; null for a value of the compiler's own. */
  name: string | null;
  type: string;
  /** The value as a person reads it. */
  value: string;
}

export interface Frame extends Partial<Range> {
  kind: "lua" | "native";
  /** What its caller calls it. */
  name: string | null;
  file?: string;
  /** From 1; null where there is no debug information. */
  line?: number | null;
  /** The instruction it is at, from 0. */
  pc?: number;
  registers: Register[];
}

export interface State {
  /** Units of fuel used since the program started. */
  fuel: number;
  /** Bytes that objects take. */
  memory: number;
  /** The active functions, the innermost first; at most 100. */
  frames: Frame[];
}

export interface LukaError {
  message: string;
  /** The message, the source line, what is wrong with its values, and the traceback. */
  report: string;
  traceback: string;
  levels: { function: string; file?: string; line?: number }[];
}

export type Ended =
  | { state: "done" }
  | { state: "failed"; error: LukaError }
  | { state: "exited"; code: number };

export type Paused = { state: "paused" };
export type Refused = { diagnostics: Diagnostic[] };

export interface Options {
  /** The module, or its bytes; without it, the `luka.wasm` beside this file. */
  module?: WebAssembly.Module | BufferSource;
  /** Takes output as it comes. */
  onWrite?: (text: string, stream: "stdout" | "stderr") => void;
  /** The same as bytes. */
  onBytes?: (bytes: Uint8Array, stream: "stdout" | "stderr") => void;
  /** Milliseconds since 1970; `Date.now` without it. */
  now?: () => number;
}

export interface Named {
  /** The file's name in messages; `main.lua` without it. */
  name?: string;
}

export interface StartOptions extends Named {
  /** Files that the program finds by `require` and `io.open`. */
  files?: Record<string, string | Uint8Array>;
  /** What it reads from standard input. */
  stdin?: string | Uint8Array;
  /** Bytes that its objects may take, 256 MiB without it: beyond it "not enough memory" is raised. */
  memory?: number;
  /** What random numbers and the order of keys depend on; chance without it. */
  seed?: [number, number];
}

export interface RunOptions {
  /** Stops the run at the end of a piece; it can be resumed. */
  signal?: AbortSignal;
  /** Units of fuel, about one an instruction; any number without it. */
  fuel?: number;
  /** Units of fuel without a pause: 2,000,000 without it, which takes some ten milliseconds. */
  slice?: number;
  /** Called between two pieces. */
  onSlice?: () => void;
}

export type RunResult = Ended | { state: "aborted" } | { state: "out of fuel" };

/** The module has failed; the program is lost, and the object can be used again. */
export class LukaTrap extends Error {}

/** The tools, and one machine that runs one program at a time. */
export class Luka {
  private constructor();
  static create(options?: Options): Promise<Luka>;

  /** The errors of a text with their fixes; empty if it compiles. */
  diagnostics(text: string, options?: Named): Diagnostic[];
  /** The program as an image, which `start` runs, too. */
  compile(text: string, options?: Named): { image: Uint8Array; diagnostics?: undefined } | (Refused & { image?: undefined });
  format(text: string, options?: Named): { text: string; diagnostics?: undefined } | (Refused & { text?: undefined });
  tokens(text: string, options?: Named): Token[];
  /** The syntax tree as text. */
  tree(text: string, options?: Named): string;
  listing(text: string, options?: Named): { listing: Listing; diagnostics?: undefined } | (Refused & { listing?: undefined });

  /** Makes a program ready: a text or an image. Nothing runs; the program before it is given up. */
  start(program: string | Uint8Array, options?: StartOptions): { diagnostics?: Diagnostic[] };
  /** Goes on to the end, to an abort or until the fuel is used up, in pieces between which others run. */
  resume(options?: RunOptions): Promise<RunResult>;
  /** `start`, then `resume`. */
  run(program: string | Uint8Array, options?: StartOptions & RunOptions): Promise<RunResult | ({ state: "refused" } & Refused)>;
  /** Runs so many units of fuel at once; by default one instruction. */
  step(instructions?: number): Ended | Paused;
  /** Where the program is. */
  state(): State;
  /** The program in the middle of its run, with its files. */
  snapshot(): Uint8Array;
  /** Goes on with a snapshot: `resume` or `step`. */
  restore(bytes: Uint8Array, options?: { memory?: number }): void;
  /** Gives up the program. */
  stop(): void;
}

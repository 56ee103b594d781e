// A program with its past: it runs in pieces, and states are kept now and then, so that any moment of it can
// be gone back to. A moment is the fuel used so far.
import { Luka } from "../package/luka.js";

/** Units of fuel of a piece. */
const SLICE = 1_000_000;
/** States that are kept, at most, and the milliseconds between two. */
const MARKS = 40;
const BETWEEN = 300;
/** Milliseconds between two saved states for a reload of the page. */
const SAVING = 1500;
/** Characters of output that are kept. */
const OUTPUT = 1_000_000;
const FULL = "\n(The rest of the output is not kept.)\n";
/** Milliseconds between two looks at the output of a program that runs. */
const SHOWING = 50;

export class Runner {
  #luka;
  #post;
  #output = "";
  /** `{fuel, snapshot, length}`: a state, and how much output there was. */
  #marks = [];
  #fuel = 0;
  /** The last moment there was. */
  #last = 0;
  #ended;
  #running = false;
  #task = Promise.resolve();
  #times = { mark: 0, save: 0, show: 0 };
  /** How much of the output the page has. */
  #shown = 0;

  constructor(post) {
    this.#post = post;
  }

  async #machine() {
    this.#luka ??= await Luka.create({
      onWrite: (text) => {
        if (this.#output.length >= OUTPUT) return;
        this.#output += text;
        if (this.#output.length >= OUTPUT) this.#output = this.#output.slice(0, OUTPUT) + FULL;
      },
    });
    return this.#luka;
  }

  async start({ files, main, paused }) {
    await this.pause();
    const luka = await this.#machine();
    const others = Object.fromEntries(Object.entries(files).filter(([name]) => name !== main));
    this.#reset("");
    const { diagnostics } = luka.start(files[main], { name: main, files: others });
    if (diagnostics) return this.#post({ refused: diagnostics });
    this.#arrive();
    this.#mark();
    this.#begin(!paused);
  }

  #begin(running) {
    if (!running) return this.#show();
    this.#save(true);
    this.run();
  }

  /** Goes on with what a page before this one has saved; where that was paused, so is this. */
  async restore({ snapshot, output, running }) {
    await this.pause();
    const luka = await this.#machine();
    this.#reset(output);
    luka.restore(snapshot);
    this.#arrive();
    this.#mark();
    this.#begin(running);
  }

  #reset(output) {
    this.#output = output;
    this.#marks = [];
    this.#ended = undefined;
    this.#last = 0;
  }

  #arrive() {
    this.#fuel = this.#luka.state().fuel;
    this.#last = Math.max(this.#last, this.#fuel);
  }

  #mark() {
    this.#times.mark = performance.now();
    try {
      this.#marks.push({ fuel: this.#fuel, snapshot: this.#luka.snapshot(), length: this.#output.length });
    } catch {
      // Some states cannot be saved; another one can.
    }
    if (this.#marks.length > MARKS) this.#marks = this.#marks.filter((_, i) => i % 2 === 0);
  }

  /** Runs until the end or `pause`. */
  run() {
    if (this.#running || !this.#marks.length || this.#ended) return;
    this.#running = true;
    this.#whole();
    this.#marks = this.#marks.filter((mark) => mark.fuel <= this.#fuel);
    this.#last = this.#fuel;
    this.#task = this.#pieces();
  }

  async #pieces() {
    this.#post({ running: true });
    while (this.#running) {
      if (this.#advance(SLICE)) break;
      const now = performance.now();
      if (now - this.#times.mark > BETWEEN) this.#mark();
      if (now - this.#times.save > SAVING) this.#save(true);
      if (now - this.#times.show > SHOWING) this.#more();
      await new Promise((next) => setTimeout(next));
    }
    this.#running = false;
    this.#show();
  }

  /** Hands over what has been written since the last time. */
  #more() {
    this.#times.show = performance.now();
    if (this.#output.length > this.#shown) this.#post({ more: this.#output.slice(this.#shown) });
    this.#shown = this.#output.length;
  }

  /** Hands over the output as a whole: it may have become shorter. */
  #whole() {
    this.#post({ output: this.#output });
    this.#shown = this.#output.length;
  }

  /** Runs so many units; whether the program has ended. */
  #advance(units) {
    const ended = this.#luka.step(units);
    if (ended.state === "paused") {
      this.#arrive();
      return false;
    }
    this.#ended = ended;
    return true;
  }

  async pause() {
    this.#running = false;
    await this.#task;
  }

  async step() {
    await this.pause();
    if (!this.#marks.length || this.#ended) return;
    this.#advance(1);
    this.#show();
  }

  /** Goes to a moment. */
  async go(fuel) {
    await this.pause();
    if (!this.#marks.length) return;
    this.#return(Math.min(fuel, this.#last));
    this.#show();
  }

  #return(fuel) {
    const mark = this.#marks.findLast((mark) => mark.fuel <= fuel) ?? this.#marks[0];
    this.#luka.restore(mark.snapshot);
    this.#output = this.#output.slice(0, mark.length);
    this.#fuel = mark.fuel;
    this.#ended = undefined;
    if (fuel > mark.fuel) this.#advance(fuel - mark.fuel);
  }

  /** Finds the last moment of a program that has ended, and goes there. */
  #find() {
    const ended = this.#ended;
    const output = this.#output;
    this.#return(this.#marks.at(-1).fuel);
    for (let units = 2 * SLICE; units >= 1; units = Math.floor(units / 2)) {
      const before = { snapshot: this.#luka.snapshot(), length: this.#output.length };
      if (!this.#advance(units)) continue;
      this.#ended = undefined;
      this.#luka.restore(before.snapshot);
      this.#output = this.#output.slice(0, before.length);
    }
    this.#arrive();
    this.#mark();
    this.#ended = ended;
    this.#output = output;
  }

  /** Hands the state over, to be kept for a reload of the page. */
  #save(running) {
    this.#times.save = performance.now();
    try {
      this.#post({ saved: { snapshot: this.#luka.snapshot(), output: this.#output, running } });
    } catch {
      this.#post({ saved: null });
    }
  }

  #show() {
    this.#whole();
    if (this.#ended) {
      this.#post({ saved: null });
      this.#post({ ended: this.#ended });
      if (!this.#marks.length) return;
      this.#find();
      this.#post({ past: { first: this.#marks[0].fuel, last: this.#last } });
    } else {
      this.#save(false);
      this.#post({ stopped: this.#luka.state(), first: this.#marks[0]?.fuel ?? 0, last: this.#last });
    }
  }
}

// A worker of the playground: one runs programs, another one looks at texts. Messages say what to `do`.
import { Luka } from "../package/luka.js";
import { Runner } from "./runner.js";

const made = Luka.create();
const runner = new Runner((message) => postMessage(message));

const actions = {
  /** Everything the compiler knows of a text. */
  async look({ text, name, id }) {
    const luka = await made;
    const options = { name };
    postMessage({
      looked: {
        id,
        text,
        diagnostics: luka.diagnostics(text, options),
        tokens: luka.tokens(text, options),
        tree: luka.tree(text, options),
        listing: luka.listing(text, options).listing,
      },
    });
  },
  async format({ text, name }) {
    postMessage({ formatted: { before: text, ...(await made).format(text, { name }) } });
  },
  start: (message) => runner.start(message),
  restore: (message) => runner.restore(message.saved),
  run: () => runner.run(),
  pause: () => runner.pause(),
  step: () => runner.step(),
  go: ({ fuel }) => runner.go(fuel),
};

onmessage = async ({ data }) => {
  try {
    await actions[data.do](data);
  } catch (error) {
    postMessage({ fault: error.message });
  }
};

// node run.mjs MODULE.wasm PROGRAM.lua: runs a program on the machine in WebAssembly.
import { readFileSync } from "node:fs";

const [, , module, program] = process.argv;
const { instance } = await WebAssembly.instantiate(readFileSync(module), {});
const luka = instance.exports;
const text = readFileSync(program);
const at = luka.room(text.length);
new Uint8Array(luka.memory.buffer).set(text, at);
const status = luka.run();
const from = luka.output();
process.stdout.write(new Uint8Array(luka.memory.buffer, from, luka.output_length()));
process.exitCode = status;

// node run.mjs MODULE.wasm PROGRAM.lua [FOLDER]: runs a program on the machine in WebAssembly. With a
// folder, writes its state at every stop there, as the program `stops` does.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [, , module, program, folder] = process.argv;
const { instance } = await WebAssembly.instantiate(readFileSync(module), {});
const luka = instance.exports;
const text = readFileSync(program);
const at = luka.room(text.length);
new Uint8Array(luka.memory.buffer).set(text, at);
const status = folder ? luka.save_stops() : luka.run();
const output = Buffer.from(luka.memory.buffer, luka.output(), luka.output_length());
process.exitCode = status;
if (!folder || status !== 0) {
  (folder ? process.stderr : process.stdout).write(output);
} else {
  for (let from = 0; from < output.length; ) {
    const name = from + 8;
    const contents = name + output.readUInt32LE(from);
    const end = contents + output.readUInt32LE(from + 4);
    writeFileSync(join(folder, output.toString("utf8", name, contents)), output.subarray(contents, end));
    from = end;
  }
}

// Checked by `tsc --strict`, not run: what a user of the package writes.
import { Luka, LukaTrap, type Diagnostic, type RunResult } from "luka-wasm";

const luka = await Luka.create({ onWrite: (text: string, stream) => console.log(text, stream === "stderr") });
const found: Diagnostic[] = luka.diagnostics("x =", { name: "a.lua" });
const edit: number | undefined = found[0]?.fixes[0]?.edits[0]?.from;

const compiled = luka.compile("return 1");
if (compiled.image) luka.start(compiled.image, { memory: 1 << 20, files: { "b.lua": "return 2" } });
else console.log(compiled.diagnostics[0]?.message);

const listing = luka.listing("return 1").listing?.instructions.map(({ line, pc, from, to }) => line + pc + from + to);
const result = await luka.run("print(1)", { signal: AbortSignal.timeout(100), fuel: 1e6 });
if (result.state === "failed") console.log(result.error.report);
if (result.state === "exited") console.log(result.code);
if (result.state === "refused") console.log(result.diagnostics);
const resumed: RunResult = await luka.resume({ slice: 1000 });
const paused: boolean = luka.step(10).state === "paused";
const names: (string | null)[] = luka.state().frames.flatMap((frame) => frame.registers.map((r) => r.name));
try {
  luka.restore(luka.snapshot());
} catch (error) {
  if (error instanceof LukaTrap) console.log(error.cause);
}
// @ts-expect-error: objects are made by `create`.
new Luka();
// @ts-expect-error: a program is text or an image.
luka.start(1);
export { edit, listing, names, paused, resumed };

// Tests of the playground in a real browser; LUKA_PAGE is the folder of the built page, CHROMIUM the browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";

const { LUKA_PAGE: folder, CHROMIUM: executablePath } = process.env;
const skip = folder && executablePath ? false : "LUKA_PAGE or CHROMIUM is not set";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

let browser, server, address;

before(async () => {
  if (skip) return;
  const { chromium } = await import("playwright-core");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  server = createServer(async ({ url }, response) => {
    const path = new URL(url, "http://localhost").pathname;
    const name = path === "/" ? "index.html" : path.slice(1);
    try {
      const body = await readFile(join(folder, name));
      response.writeHead(200, { "content-type": TYPES[extname(name)] }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "localhost", ready));
  address = `http://localhost:${server.address().port}/`;
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** A page of a visitor who has not been here before, and its faults. */
async function visit({ url = address, ...options } = {}) {
  const context = await browser.newContext({ serviceWorkers: "block", ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(url);
  await page.waitForSelector("body[data-ready]");
  return { context, page, faults };
}

async function type(page, text) {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

const status = (page) => page.locator("#status").textContent();
const output = (page) => page.locator("#output").textContent();
const until = (page, text) => page.waitForFunction((t) => document.getElementById("status").textContent === t, text);
const printed = (page, text) => page.waitForFunction((t) => document.getElementById("output").textContent.includes(t), text);

test("a program runs by the keyboard, and Tab leaves the editor", { skip }, async () => {
  const { page, faults } = await visit();
  await type(page, "print('é😀', 6 * 7)");
  await page.keyboard.press("Control+Enter");
  await until(page, "Done.");
  assert.equal(await output(page), "é😀\t42\n");
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Tab");
  assert.notEqual(await page.evaluate(() => document.activeElement.className.includes("cm-content")), true);
  await page.locator("#tab-output").focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-problems");
  assert.deepEqual(faults, []);
});

test("an endless program stops within a second, and the next one runs", { skip }, async () => {
  const { page } = await visit();
  for (const text of ["while true do end", "while true do print('x') end", "while true do io.write('x') end", "local t = {} for i = 1, 3e6 do t[i] = i % 7 end while true do table.sort(t, function(a, b) return a < b end) end"]) {
    await type(page, text);
    await page.click("#run");
    await until(page, "Running…");
    const pressed = Date.now();
    await page.click("#stop");
    await page.waitForFunction(() => document.getElementById("stop").disabled);
    assert.ok(Date.now() - pressed < 1000, `${Date.now() - pressed} ms`);
  }
  // One that is started right after a stop is not stopped by it.
  await type(page, "local till = os.clock() + 1 while os.clock() < till do end print('next')");
  await page.click("#run");
  await until(page, "Done.");
  assert.equal(await output(page), "next\n");
  assert.match(await page.locator("#watch").textContent(), /^\d+\.\d s$/);
});

test("much output is cut, and says so", { skip }, async () => {
  const { page } = await visit();
  await type(page, "for i = 1, 300000 do print(i) end");
  await page.click("#run");
  await until(page, "Done.");
  const text = await output(page);
  assert.ok(text.startsWith("1\n2\n3\n") && text.endsWith("(The rest of the output is not kept.)\n"));
  assert.ok(text.length < 1_000_100);
});

test("errors have places in the text, and fixes help", { skip }, async () => {
  const { page } = await visit();
  await type(page, "local s = '😀é'\nif s != '' then print(s) end");
  await page.click("#tab-problems");
  await page.waitForSelector("#problems button");
  await page.click("#problems button");
  assert.equal(await page.evaluate(() => getSelection().toString()), "!=");
  await page.locator("#problems button", { hasText: "Fix" }).first().click();
  await page.waitForFunction(() => document.getElementById("problems").textContent === "No problems.");
  await page.click("#run");
  await until(page, "Done.");
  assert.equal(await output(page), "😀é\n");
});

test("failures are shown with their report", { skip }, async () => {
  const { page } = await visit();
  await type(page, "local t = {}\nprint(t.x.y)");
  await page.click("#run");
  await until(page, "The program has failed.");
  assert.match(await output(page), /main\.lua:2: attempt to index a nil value \(field 'x'\)/);
});

test("source and bytecode mark each other", { skip }, async () => {
  const { page } = await visit();
  await type(page, "local s = '😀'\nprint(#s)");
  await page.click("#tab-bytecode");
  await page.waitForSelector("#bytecode [role=option]");
  await page.locator("#bytecode [role=option]", { hasText: "LEN" }).click();
  assert.equal(await page.locator(".m-lit").textContent(), "#s");
  await page.locator(".cm-line").nth(0).click();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  const lit = await page.locator("#bytecode [aria-selected=true]").allTextContents();
  assert.ok(lit.length > 0 && lit.every((line) => !line.includes("LEN")), lit.join("\n"));
});

test("tokens, tree and format are of the text", { skip }, async () => {
  const { page } = await visit();
  await type(page, "local   x=1 -- é");
  await page.click("#format");
  await page.waitForFunction(() => document.querySelector(".cm-content").textContent === "local x = 1 -- é");
  await page.waitForFunction(() => document.getElementById("tokens").textContent.includes("12–16  comment"));
  assert.ok((await page.locator("#tree").textContent()).length > 10);
  assert.equal(await page.locator(".t-keyword").first().textContent(), "local");
});

test("steps, and the slider that goes back in time", { skip }, async () => {
  const { page } = await visit();
  await type(page, "local n = 0\nfor i = 1, 1000 do\n  n = n + i\n  if i % 250 == 0 then print(i) end\nend\nprint(n)");
  await page.click("#step");
  await until(page, "Paused.");
  await page.click("#step");
  await page.waitForFunction(() => document.getElementById("moment").value.startsWith("instruction 1 of"));
  await page.click("#run");
  await until(page, "Done.");
  assert.equal(await output(page), "250\n500\n750\n1000\n500500\n");
  await page.click("#tab-machine");
  const move = (part) =>
    page.locator("#time").evaluate((time, part) => {
      time.value = Math.round(Number(time.min) + part * (time.max - time.min));
      time.dispatchEvent(new Event("input"));
    }, part);
  await move(1);
  await page.waitForFunction(() => /instruction (\d+) of \1;/.test(document.getElementById("moment").value));
  await move(0.6);
  await page.waitForFunction(() => document.getElementById("output").textContent === "250\n500\n");
  const names = await page.locator("#frames th").allTextContents();
  assert.ok(names.includes("R0 n"), names.join());
  assert.ok((await page.locator(".m-now").count()) > 0);
  await page.click("#run");
  await until(page, "Done.");
  assert.equal(await output(page), "250\n500\n750\n1000\n500500\n");
});

test("a paused program whose text has changed begins anew, and is not there after a reload", { skip }, async () => {
  const { page, faults } = await visit();
  await type(page, "print('old')\nprint('end')");
  for (let i = 0; i < 5; i++) {
    await page.click("#step");
    await until(page, "Paused.");
  }
  await type(page, "print('new')");
  assert.equal(await status(page), "The text has changed: Run begins anew.");
  assert.equal(await page.locator("#run").textContent(), "Run");
  assert.equal(await page.locator(".m-now").count(), 0);
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  assert.equal(await page.locator("#run").textContent(), "Run");
  await page.click("#step");
  await until(page, "Paused.");
  await type(page, "print('newer')");
  await page.click("#run");
  await until(page, "Done.");
  assert.equal(await output(page), "newer\n");
  assert.deepEqual(faults, []);
});

test("a slider that is dragged ends where it was let go", { skip }, async () => {
  const { page } = await visit();
  await type(page, "local n = 0\nfor i = 1, 3e6 do n = n + i end");
  await page.click("#run");
  await until(page, "Done.");
  await page.click("#tab-machine");
  const last = await page.locator("#time").evaluate((time) => {
    const span = time.max - time.min;
    for (let i = 0; i <= 60; i++) {
      time.value = Number(time.min) + Math.round((span * ((i * 37) % 61)) / 61);
      time.dispatchEvent(new Event("input"));
    }
    return time.value - time.min;
  });
  await page.waitForFunction((n) => document.getElementById("moment").value.startsWith(`instruction ${n} of `), last, {
    timeout: 5000,
  });
  assert.equal(await page.locator("#time").evaluate((time) => time.value - time.min), last);
});

test("a reload in the middle of a run loses nothing", { skip }, async () => {
  const { page, faults } = await visit();
  const text = "for i = 1, 1e9 do if i % 1000000 == 0 then print(i // 1000000) end if i == 160000000 then print('end') break end end";
  await type(page, text);
  await page.click("#run");
  await printed(page, "3\n");
  await page.waitForTimeout(1600);
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  assert.equal(await page.locator(".cm-content").textContent(), text);
  await printed(page, "end");
  const lines = (await output(page)).trim().split("\n");
  assert.deepEqual(lines, [...Array.from({ length: 160 }, (_, i) => String(i + 1)), "end"]);
  assert.deepEqual(faults, []);
});

test("a program that is paused is paused after a reload", { skip }, async () => {
  const { page } = await visit();
  await type(page, "local n = 41\nn = n + 1\nprint(n)");
  for (let i = 0; i < 4; i++) {
    await page.click("#step");
    await until(page, "Paused.");
  }
  const names = () => page.locator("#frames th").allTextContents();
  await page.waitForFunction(() => document.getElementById("moment").value.startsWith("instruction 3 of"));
  const before = await names();
  await page.waitForTimeout(300);
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#frames th"));
  assert.deepEqual(await names(), before);
  await page.click("#run");
  await until(page, "Done.");
  assert.equal(await output(page), "42\n");
});

test("a reload right after the start goes on, and a link does not", { skip }, async () => {
  const { page } = await visit();
  await type(page, "while true do end");
  await page.click("#run");
  await until(page, "Running…");
  await page.waitForTimeout(300);
  await page.reload();
  await until(page, "Running…");
  await page.click("#share");
  await page.waitForFunction(() => location.hash.startsWith("#1:"));
  await page.waitForTimeout(300);
  await page.reload();
  await until(page, "Paused.");
  // An edit makes the text the visitor's own again.
  await page.locator(".cm-content").click();
  await page.keyboard.type(" ");
  await page.waitForFunction(() => location.hash === "");
});

test("links open with their files and do not run", { skip }, async () => {
  const { page } = await visit();
  await type(page, "print('shared é😀')");
  await page.click("#share");
  await page.waitForFunction(() => location.hash.startsWith("#1:"));
  const url = page.url();
  const other = await visit({ url });
  assert.equal(await other.page.locator(".cm-content").textContent(), "print('shared é😀')");
  await other.page.waitForTimeout(500);
  assert.equal(await output(other.page), "");
  await other.page.click("#run");
  await until(other.page, "Done.");
  assert.equal(await output(other.page), "shared é😀\n");
  const broken = await visit({ url: `${address}#1:AAAA` });
  assert.match(await status(broken.page), /cannot be opened/);
});

test("without a network it works", { skip }, async () => {
  const { context, page } = await visit({ serviceWorkers: "allow" });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await context.setOffline(true);
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  await type(page, "print('offline')");
  await page.click("#run");
  await until(page, "Done.");
  assert.equal(await output(page), "offline\n");
});

test("every example runs", { skip }, async () => {
  const { page } = await visit();
  const count = await page.locator("#examples option").count();
  for (let i = 1; i < count; i++) {
    await page.selectOption("#examples", { index: i });
    await page.click("#run");
    await page.waitForFunction(() => /Done|failed|error/.test(document.getElementById("status").textContent));
    assert.equal(await status(page), "Done.", `example ${i}`);
    await page.waitForFunction(() => document.getElementById("problems").textContent === "No problems.");
  }
});

test("on a phone nothing is beside the screen", { skip }, async () => {
  const { page } = await visit({ viewport: { width: 390, height: 844 } });
  const { width, scroll } = await page.evaluate(() => ({ width: innerWidth, scroll: document.documentElement.scrollWidth }));
  assert.ok(scroll <= width, `${scroll} of ${width}`);
});

test("axe finds nothing serious", { skip }, async () => {
  const axe = await readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await visit({ colorScheme });
    await page.evaluate(axe);
    await page.click("#step");
    await until(page, "Paused.");
    for (const pane of ["output", "problems", "tokens", "tree", "bytecode", "machine"]) {
      await page.click(`#tab-${pane}`);
      const { violations } = await page.evaluate(() => window.axe.run());
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      const told = serious.map(({ id, nodes }) => `${pane} ${colorScheme}: ${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
      assert.deepEqual(told, []);
    }
  }
});

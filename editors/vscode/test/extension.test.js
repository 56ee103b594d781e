// The extension in a window that is made of what it uses, and the adapter that it starts.
"use strict";

const assert = require("node:assert");
const { spawn } = require("node:child_process");
const Module = require("node:module");
const { mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const test = require("node:test");

const luka = process.env.LUKA ?? "luka";

/** @type {Record<string, any>} */
const registered = {};
/** @type {string[]} */
const shown = [];
/** @type {[string, string[]][]} */
const requests = [];
const vscode = {
    workspace: {
        getConfiguration: () => ({
            get: (/** @type {string} */ name, /** @type {unknown} */ usual) =>
                name === "path" ? luka : name === "languageServer" ? false : usual,
        }),
    },
    window: {
        activeTextEditor: { document: { languageId: "lua" } },
        showErrorMessage: (/** @type {string} */ text) => shown.push(text),
        showWarningMessage: (/** @type {string} */ text) => shown.push(text),
    },
    debug: {
        activeDebugSession: {
            type: "luka",
            customRequest: async (/** @type {string} */ name, /** @type {any} */ body) => {
                requests.push([name, body]);
            },
        },
        activeStackItem: { threadId: 7 },
        registerDebugAdapterDescriptorFactory: (/** @type {string} */ type, /** @type {any} */ it) => {
            registered[`adapter ${type}`] = it;
        },
        registerDebugConfigurationProvider: (/** @type {string} */ type, /** @type {any} */ it) => {
            registered[`configuration ${type}`] = it;
        },
    },
    commands: {
        registerCommand: (/** @type {string} */ name, /** @type {any} */ it) => {
            registered[name] = it;
        },
    },
    DebugAdapterServer: class {
        /** @param {number} port @param {string} host */
        constructor(port, host) {
            this.port = port;
            this.host = host;
        }
    },
    DebugAdapterExecutable: class {
        /** @param {string} command @param {string[]} args */
        constructor(command, args) {
            this.command = command;
            this.args = args;
        }
    },
};

const load = /** @type {any} */ (Module)._load;
/** @type {any} */ (Module)._load = (/** @type {string} */ name, /** @type {unknown[]} */ ...rest) => {
    if (name === "vscode") {
        return vscode;
    }
    return name === "vscode-languageclient/node" ? {} : load(name, ...rest);
};
const extension = require("../extension.js");
const manifest = require("../package.json");

test("what the manifest names is registered", async () => {
    await extension.activate(/** @type {any} */ ({ subscriptions: [] }));
    for (const { command } of manifest.contributes.commands) {
        assert.ok(registered[command], command);
    }
    assert.ok(registered["adapter luka"] && registered["configuration luka"]);
    await registered["luka.stepBackInto"]();
    assert.deepStrictEqual(requests, [["luka/stepBackInto", { threadId: 7 }]]);
});

test("a configuration is completed, and one without a program is refused", () => {
    const folder = { uri: { fsPath: "/work" } };
    const resolve = registered["configuration luka"].resolveDebugConfiguration;
    assert.deepStrictEqual(resolve(folder, {}), {
        type: "luka",
        request: "launch",
        name: "Luka: this file",
        program: "${file}",
        cwd: "/work",
    });
    assert.strictEqual(resolve(folder, { type: "luka", request: "launch", name: "x" }), undefined);
    assert.match(shown[0], /names no program/);
    const attach = { type: "luka", request: "attach", name: "x", port: 4711 };
    assert.deepStrictEqual(resolve(folder, attach), attach);
    const adapter = registered["adapter luka"].createDebugAdapterDescriptor({ configuration: attach });
    assert.deepStrictEqual({ ...adapter }, { port: 4711, host: "127.0.0.1" });
    assert.strictEqual(resolve(folder, { type: "luka", request: "attach", name: "x" }), undefined);
    assert.match(shown[1], /names no port/);
});

test("the adapter runs a program to its end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "luka-vscode-"));
    writeFileSync(join(folder, "main.lua"), "print('hello')\n");
    const { command, args } = registered["adapter luka"].createDebugAdapterDescriptor({
        configuration: { request: "launch" },
    });
    const adapter = spawn(command, args, { cwd: folder });
    let text = "";
    let seq = 0;
    const send = (/** @type {string} */ command, /** @type {object} */ body) => {
        const message = JSON.stringify({ seq: ++seq, type: "request", command, arguments: body });
        adapter.stdin.write(`Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
    };
    const ended = new Promise((resolve, reject) => {
        adapter.on("error", reject);
        adapter.on("exit", resolve);
        adapter.stdout.on("data", (data) => {
            text += data;
            if (text.includes('"event":"terminated"') && seq === 3) {
                send("disconnect", {});
            }
        });
    });
    send("initialize", { adapterID: "luka" });
    send("launch", { program: "main.lua" });
    send("configurationDone", {});
    assert.strictEqual(await ended, 0);
    assert.match(text, /"supportsStepBack":true/);
    assert.match(text, /"output":"hello\\n"/);
    rmSync(folder, { recursive: true });
});

// The debugger and the language server of Luka in Visual Studio Code.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {import("vscode-languageclient/node").LanguageClient | undefined} */
let client;

/** The program luka, as the settings name it. */
function program() {
    return vscode.workspace.getConfiguration("luka").get("path", "luka");
}

/**
 * How the adapter is started. A program that serves a debugger itself is its own.
 * @type {import("vscode").DebugAdapterDescriptorFactory}
 */
const adapters = {
    createDebugAdapterDescriptor({ configuration }) {
        if (configuration.request === "attach") {
            return new vscode.DebugAdapterServer(configuration.port, configuration.host ?? "127.0.0.1");
        }
        return new vscode.DebugAdapterExecutable(program(), ["dap"]);
    },
};

/**
 * What is debugged where no configuration says it: the file in the editor.
 * @type {import("vscode").DebugConfigurationProvider}
 */
const configurations = {
    resolveDebugConfiguration(folder, configuration) {
        const editor = vscode.window.activeTextEditor;
        if (!configuration.type && !configuration.request) {
            if (!editor || !["lua", "luka"].includes(editor.document.languageId)) {
                return null;
            }
            configuration.type = "luka";
            configuration.request = "launch";
            configuration.name = "Luka: this file";
            configuration.program = "${file}";
        }
        if (configuration.request === "launch") {
            if (!configuration.program) {
                vscode.window.showErrorMessage("Luka: the configuration names no program.");
                return undefined;
            }
            configuration.cwd ??= folder?.uri.fsPath;
        }
        if (configuration.request === "attach" && !Number.isInteger(configuration.port)) {
            vscode.window.showErrorMessage("Luka: the configuration names no port.");
            return undefined;
        }
        return configuration;
    },
};

/**
 * A command that sends a request of Luka's own about the thread that is stopped.
 * @param {string} request
 */
function backward(request) {
    return async () => {
        const session = vscode.debug.activeDebugSession;
        if (session?.type !== "luka") {
            return;
        }
        try {
            const threadId = vscode.debug.activeStackItem?.threadId ?? 1;
            await session.customRequest(request, { threadId });
        } catch (error) {
            vscode.window.showErrorMessage(`Luka: ${error instanceof Error ? error.message : error}`);
        }
    };
}

/** Starts the language server, unless the settings do without it. */
async function serve() {
    if (!vscode.workspace.getConfiguration("luka").get("languageServer", true)) {
        return;
    }
    client = new LanguageClient(
        "luka",
        "Luka",
        { command: program(), args: ["lsp"] },
        { documentSelector: [{ language: "luka" }, { language: "lua" }] },
    );
    try {
        await client.start();
    } catch {
        client = undefined;
        vscode.window.showWarningMessage(`Luka: '${program()} lsp' does not start; see luka.path.`);
    }
}

/** @param {import("vscode").ExtensionContext} context */
async function activate(context) {
    context.subscriptions.push(
        vscode.debug.registerDebugAdapterDescriptorFactory("luka", adapters),
        vscode.debug.registerDebugConfigurationProvider("luka", configurations),
        vscode.commands.registerCommand("luka.stepBackInto", backward("luka/stepBackInto")),
        vscode.commands.registerCommand("luka.stepBackOut", backward("luka/stepBackOut")),
    );
    await serve();
}

async function deactivate() {
    await client?.stop();
}

module.exports = { activate, deactivate };

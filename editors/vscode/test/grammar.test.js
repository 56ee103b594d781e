// What the grammar says of programs, word by word.
"use strict";

const assert = require("node:assert");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const test = require("node:test");
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const file = join(__dirname, "../syntaxes/luka.tmLanguage.json");

async function grammar() {
    await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
    const onigLib = Promise.resolve({
        createOnigScanner: (/** @type {string[]} */ patterns) => new oniguruma.OnigScanner(patterns),
        createOnigString: (/** @type {string} */ text) => new oniguruma.OnigString(text),
    });
    const registry = new textmate.Registry({
        onigLib,
        loadGrammar: async () => textmate.parseRawGrammar(readFileSync(file, "utf8"), file),
    });
    const found = await registry.loadGrammar("source.luka");
    assert.ok(found);
    return found;
}

/** @type {[string, string, string][]} */
const EXPECTED = [
    ["local x = 1", "local", "storage.type"],
    ["local x <const> = 0x1F", "0x1F", "constant.numeric.hex"],
    ["local x <const> = 1", "const", "storage.modifier"],
    ["x = 0b1010_1010", "0b1010_1010", "constant.numeric.binary"],
    ["x = 1_000.5e3", "1_000.5e3", "constant.numeric.decimal"],
    ["x = a..b", "..", "keyword.operator"],
    ["x = 'it\\'s'", "\\'", "constant.character.escape"],
    ["x = [==[ a ]] b ]==] .. c", " a ]] b ", "string.quoted.other"],
    ["-- local x", " local x", "comment.line"],
    ["--[[ a ]] return", "return", "keyword.control"],
    ["x = `sum: {a + 1} end`", "a ", "meta.interpolation"],
    ["x = `sum: {a} end`", " end", "string.interpolated"],
    ["function M.f:g(a)", "M.f:g", "entity.name.function"],
    ["if x then continue end", "continue", "keyword.control"],
    ["local continue = 1", " continue ", "source.luka"],
    ["t.end_ = t.type", "type", "source.luka"],
    ["x ??= nil", "??=", "keyword.operator"],
    ["x ??= nil", "nil", "constant.language"],
    ["const f = print", "const", "storage.type"],
    ["print(x)", "print", "support.function"],
    ["string.format('%d')", "string", "support.class"],
    ["t:method { }", "method", "entity.name.function.call"],
];

test("words have the scopes that they should have", async () => {
    const luka = await grammar();
    for (const [text, word, scope] of EXPECTED) {
        const { tokens } = luka.tokenizeLine(text, textmate.INITIAL);
        const at = text.indexOf(word) + (word.startsWith(" ") && word.endsWith(" ") ? 1 : 0);
        const token = tokens.find((token) => token.startIndex <= at && at < token.endIndex);
        const scopes = token?.scopes ?? [];
        assert.ok(
            scopes.some((known) => known.startsWith(scope)),
            `${text}: '${word}' has ${scopes.join(" ")}, not ${scope}`,
        );
    }
});

test("a string that is not closed ends with its line", async () => {
    const luka = await grammar();
    const first = luka.tokenizeLine("x = 'open", textmate.INITIAL);
    const second = luka.tokenizeLine("return 1", first.ruleStack);
    assert.ok(second.tokens[0].scopes.includes("keyword.control.luka"));
});

//! Whatever is asked in the middle of an edit is answered.

use super::client::Client;
use super::project::{CART, MAIN};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Whatever is asked anywhere in texts that are being written is answered.
#[test]
fn texts_in_the_middle_of_an_edit_are_answered() {
    let mut texts = vec![CART.to_string(), MAIN.to_string()];
    let luka = "local {a, b ?? 1} = t\nlocal f = |x, y| -> x?.y\nmatch v do case [x, ...r] then print(`{x}`) else end\n";
    texts.push(luka.to_string());
    let mut random = luka_tests::random::Random::new(7);
    let mut client = Client::new(&[("t.lua", "")]);
    let uri = client.uri("t.lua");
    for (number, text) in texts.iter().cycle().take(60).enumerate() {
        let cut = random.below(text.len());
        let cut = (0..=cut).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let text = match number % 3 {
            0 => text[..cut].to_string(),
            1 => format!("{}.{}", &text[..cut], &text[cut..]),
            _ => text.clone(),
        };
        client.tell(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": number + 2}, "contentChanges": [{"text": text}]}),
        );
        for method in METHODS {
            client.ask(method, somewhere(&uri, &text, &mut random));
        }
    }
}

/// Requests about a place in a file, or about the file.
const METHODS: [&str; 16] = [
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/prepareRename",
    "textDocument/documentSymbol",
    "textDocument/semanticTokens/full",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/formatting",
    "textDocument/rangeFormatting",
    "textDocument/codeAction",
    "textDocument/diagnostic",
    "workspace/symbol",
];

/// What any of these requests needs, about a random place, which need not exist.
fn somewhere(uri: &str, text: &str, random: &mut luka_tests::random::Random) -> Value {
    let line = random.below(text.lines().count() + 2);
    json!({
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": random.below(40)},
        "positions": [{"line": line, "character": 3}],
        "context": {"includeDeclaration": true, "diagnostics": []},
        "range": {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 9}},
        "options": {"tabSize": 2, "insertSpaces": true},
        "query": "a",
    })
}

/// Sources of others that can be read, in the folder that `LUKA_CORPUS` names, from all over it.
pub fn corpus(most: usize) -> Vec<(PathBuf, String)> {
    let folder = std::env::var_os("LUKA_CORPUS").expect("LUKA_CORPUS names a folder of sources");
    let mut waiting = vec![PathBuf::from(folder)];
    let mut paths = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            match path.extension() {
                _ if path.is_dir() => waiting.push(path),
                Some(end) if end == "lua" => paths.push(path),
                _ => {}
            }
        }
    }
    paths.sort();
    let step = (paths.len() / most).max(1);
    let texts = paths.into_iter().step_by(step).take(most);
    texts.filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?))).collect()
}

/// 10,000 requests at random places of 500 files, half of them in the middle of an edit.
#[test]
#[ignore = "needs a folder of sources: tests/modes/lsp.sh"]
fn a_corpus_is_answered_in_the_middle_of_edits() {
    let mut random = luka_tests::random::Random::new(11);
    let mut client = Client::new(&[("t.lua", "")]);
    let uri = client.uri("t.lua");
    let (mut asked, mut version) = (0, 2);
    while asked < 10_000 {
        for (_, text) in corpus(500) {
            let mut text = text;
            if random.below(2) == 0 {
                let cut = random.below(text.len() + 1);
                let cut = (0..=cut).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
                match random.below(3) {
                    0 => text.truncate(cut),
                    1 => text.insert_str(
                        cut,
                        ["(", ".", " end ", "\"", "function ", "---@param "][random.below(6)],
                    ),
                    _ => drop(text.drain(..cut)),
                }
            }
            let change = json!({
                "textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}],
            });
            client.tell("textDocument/didChange", change);
            version += 1;
            for _ in 0..20 {
                let method = METHODS[random.below(METHODS.len())];
                // An error answer ends the test.
                client.ask(method, somewhere(&uri, &text, &mut random));
                asked += 1;
            }
        }
    }
    println!("{asked} requests answered");
}

//! A variable gets another name, and the program stays what it was.

use super::client::{Client, unmarked};
use super::edits::corpus;
use super::project::project;
use serde_json::{Value, json};
use std::path::PathBuf;

#[test]
fn rename_changes_every_use_or_says_why_not() {
    let mut client = project();
    let mut at = client.at("src/cart.lua", "add");
    at["newName"] = "put".into();
    let edit = client.ask("textDocument/rename", at.clone());
    assert_eq!(edit["changes"].as_object().map(|changes| changes.len()), Some(2));
    at["newName"] = "end".into();
    let response = client.response("textDocument/rename", at);
    assert_eq!(response["error"]["message"], "`end` is no name");
    let mut at = client.at("main.lua", "use");
    at["newName"] = "cart".into();
    let edit = client.ask("textDocument/rename", at);
    assert_eq!(edit["changes"][client.uri("main.lua")].as_array().map(Vec::len), Some(3));
    let mut at = client.at("main.lua", "rep");
    at["newName"] = "x".into();
    let response = client.response("textDocument/rename", at);
    assert_eq!(response["error"]["message"], "`rep` is the library's");
    let taken = "local a, b = 1, 2\n--    ^a\nprint(a, b)\n";
    let mut client = Client::new(&[("t.lua", taken)]);
    let mut at = client.at("t.lua", "a");
    at["newName"] = "b".into();
    let response = client.response("textDocument/rename", at);
    assert_eq!(response["error"]["message"], "`b` is the name of another variable there");
    let open = "local t = f()\nt.x = 1\n-- ^x\nreturn g().x\n";
    let mut client = Client::new(&[("t.lua", open)]);
    let mut at = client.at("t.lua", "x");
    at["newName"] = "y".into();
    let response = client.response("textDocument/rename", at);
    assert_eq!(
        response["error"]["message"],
        "`x` is also the name of 1 field of something that is not known"
    );
}

/// Renaming any variable of 300 files changes none of them.
#[test]
#[ignore = "needs a folder of sources: tests/modes/lsp.sh"]
fn a_corpus_stays_the_same_when_variables_are_renamed() {
    use luka_compiler::index::{Index, Place};
    let capabilities = json!({"general": {"positionEncodings": ["utf-8"]}});
    let options = luka_compiler::Options::default();
    let (mut renamed, mut files) = (0, 0);
    let mut client = Client::with(&[("t.lua", "")], capabilities);
    let uri = client.uri("t.lua");
    for (number, (path, text)) in corpus(400).into_iter().enumerate() {
        if files == 300 || luka_compiler::load(text.as_bytes(), b"=x", &options).is_err() {
            continue;
        }
        files += 1;
        let change = json!({
            "textDocument": {"uri": uri, "version": number + 2}, "contentChanges": [{"text": text}],
        });
        client.tell("textDocument/didChange", change);
        let before = code(&text);
        let index = Index::new(&luka_compiler::source::Source::from_text(&text), &options);
        for (id, variable) in index.variables.iter().enumerate() {
            let span = variable.span.start as usize..variable.span.end as usize;
            let is_named = text.get(span) == Some(index.text(variable.name));
            if !is_named || index.place(Place::Variable(id as u32)).is_none() {
                continue;
            }
            let line = text[..variable.span.start as usize].matches('\n').count();
            let begin = text[..variable.span.start as usize].rfind('\n').map_or(0, |at| at + 1);
            let result = client.ask(
                "textDocument/rename",
                json!({
                    "textDocument": {"uri": uri},
                    "position": {"line": line, "character": variable.span.start as usize - begin},
                    "newName": "another_name",
                }),
            );
            let after = edited(&text, &result["changes"][&uri]);
            let name = index.text(variable.name);
            assert_ne!(after, text, "{}:{}: {name}", path.display(), line + 1);
            assert!(code(&after) == before, "{}:{}: {name}", path.display(), line + 1);
            renamed += 1;
        }
    }
    println!("{renamed} variables of {files} files renamed");
    assert!(files > 200 && renamed > 1000, "{renamed} variables of {files} files");
}

/// Renaming a variable changes no program.
#[test]
fn renamed_variables_leave_the_bytecode_as_it_is() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../benches/programs");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "lua"));
    paths.sort();
    let capabilities = json!({"general": {"positionEncodings": ["utf-8"]}});
    let mut renamed = 0;
    for path in paths.iter().step_by(3) {
        let text = std::fs::read_to_string(path).expect("a text");
        let mut client = Client::with(&[("t.lua", &text)], capabilities.clone());
        let text = unmarked(&text).0;
        let uri = client.uri("t.lua");
        let tokens =
            client.ask("textDocument/semanticTokens/full", json!({"textDocument": {"uri": uri}}));
        let data: Vec<u64> = tokens["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|n| n.as_u64().expect("a number"))
            .collect();
        let before = code(&text);
        let (mut line, mut character) = (0, 0);
        for token in data.chunks(5) {
            character = if token[0] == 0 { character + token[1] } else { token[1] };
            line += token[0];
            // Declared variables, parameters, functions and modules.
            if token[4] & 1 == 0 || !matches!(token[3], 0 | 1 | 3 | 5) {
                continue;
            }
            let response = client.response(
                "textDocument/rename",
                json!({
                    "textDocument": {"uri": uri},
                    "position": {"line": line, "character": character},
                    "newName": "another_name",
                }),
            );
            let edits = &response["result"]["changes"][&uri];
            if edits.is_null() {
                // A function of a table.
                continue;
            }
            let after = edited(&text, edits);
            assert_ne!(after, text);
            let name = &text.lines().nth(line as usize).expect("a line")[character as usize..];
            // (The names of fields and globals are in the bytecode.)
            let is_global = after.contains("function another_name")
                && !after.contains("local function another_name");
            if !is_global {
                assert_eq!(code(&after), before, "{}:{}: {name}", path.display(), line + 1);
                renamed += 1;
            }
        }
    }
    assert!(renamed > 100, "{renamed}");
}

/// A text with edits applied, which are those of a file.
fn edited(text: &str, edits: &Value) -> String {
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let offset = |place: &Value| {
        let number = |name: &str| place[name].as_u64().expect("a number") as usize;
        starts[number("line")] + number("character")
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("a list")
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let new = edit["newText"].as_str().expect("a text");
            (offset(&range["start"]), offset(&range["end"]), new)
        })
        .collect();
    edits.sort_unstable();
    let mut text = text.to_string();
    for (from, to, new) in edits.into_iter().rev() {
        text.replace_range(from..to, new);
    }
    text
}

/// The bytecode of a text, without names.
fn code(text: &str) -> Vec<u8> {
    let module = luka_compiler::load(text.as_bytes(), b"=x", &luka_compiler::Options::default());
    let module = module.unwrap_or_else(|message| panic!("{}", String::from_utf8_lossy(&message)));
    let mut module = module.get().clone();
    module.strip();
    luka_bytecode::image::encode(&module)
}

//! Formatting, outlines and the rest that concerns a whole file.

use super::client::Client;
use super::project::project;
use serde_json::{Value, json};

#[test]
fn texts_are_formatted_by_what_changes() {
    let text = "local x = 1\nlocal y=2\nprint( x,y )\n";
    let mut client = Client::new(&[("t.lua", text)]);
    let uri = client.uri("t.lua");
    let options = json!({"tabSize": 2, "insertSpaces": true});
    let edits = client
        .ask("textDocument/formatting", json!({"textDocument": {"uri": uri}, "options": options}));
    assert_eq!(
        edits,
        json!([{
            "range": {"start": {"line": 1, "character": 0}, "end": {"line": 3, "character": 0}},
            "newText": "local y = 2\nprint(x, y)\n",
        }])
    );
    let range = json!({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}});
    let edits = client.ask(
        "textDocument/rangeFormatting",
        json!({"textDocument": {"uri": uri}, "range": range, "options": options}),
    );
    assert_eq!(edits[0]["newText"], "local y = 2\n");
}

#[test]
fn files_have_outlines() {
    let mut client = project();
    let uri = client.uri("src/cart.lua");
    let of = json!({"textDocument": {"uri": uri}});
    let symbols = client.ask("textDocument/documentSymbol", of.clone());
    let names: Vec<&str> = symbols
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|symbol| symbol["name"].as_str())
        .collect();
    assert_eq!(names, ["M", "M.__index", "M.new", "M.add", "M.total"]);
    let tokens = client.ask("textDocument/semanticTokens/full", of.clone());
    assert!(tokens["data"].as_array().is_some_and(|data| data.len() > 100 && data.len() % 5 == 0));
    let folds = client.ask("textDocument/foldingRange", of);
    assert_eq!(folds.as_array().map(Vec::len), Some(3));
    let position = json!({"line": 16, "character": 8});
    let ranges = client.ask(
        "textDocument/selectionRange",
        json!({"textDocument": {"uri": uri}, "positions": [position]}),
    );
    let mut range = &ranges[0];
    let mut depth = 0;
    while range["parent"].is_object() {
        range = &range["parent"];
        depth += 1;
    }
    assert!(depth >= 2, "{ranges}");
    let found = client.ask("workspace/symbol", json!({"query": "mtot"}));
    assert_eq!(found[0]["name"], "M.total");
}

#[test]
fn the_server_ends_as_the_protocol_says() {
    let mut client = Client::new(&[("t.lua", "x = 1\n")]);
    let response = client.response("textDocument/nothing", json!({}));
    assert_eq!(response["error"]["code"], -32601);
    client.ask("shutdown", Value::Null);
    client.tell("exit", Value::Null);
    let status = client.child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
}

//! What is offered while a text is written.

use super::client::Client;
use super::project::{CART, project};
use serde_json::json;

#[test]
fn completion_knows_fields_variables_and_modules() {
    let main = "local cart = require \"cart\"
local mine = cart.new(\"me\")
mine:
--   ^method
print(cart.)
--         ^field
string.
--     ^library
require \"ca
--         ^module
local total = 1
tot
-- ^variable
";
    let mut client = Client::new(&[("src/cart.lua", CART), ("main.lua", main)]);
    client.ask("workspace/symbol", json!({"query": "cart"}));
    assert_eq!(client.labels("main.lua", "method"), ["new", "add", "total"]);
    let fields = client.labels("main.lua", "field");
    assert!(
        ["new", "add", "name", "items"].iter().all(|name| fields.iter().any(|f| f == name)),
        "{fields:?}"
    );
    assert!(client.labels("main.lua", "library").contains(&"rep".to_string()));
    assert_eq!(client.labels("main.lua", "module"), ["cart"]);
    let names = client.labels("main.lua", "variable");
    assert!(
        ["total", "mine", "print", "while"].iter().all(|name| names.iter().any(|n| n == name)),
        "{names:?}"
    );
    let at = client.at("main.lua", "library");
    let items = client.ask("textDocument/completion", at);
    let rep =
        items.as_array().expect("a list").iter().find(|item| item["label"] == "rep").expect("rep");
    let resolved = client.ask("completionItem/resolve", rep.clone());
    assert_eq!(resolved["detail"], "string.rep(s, n [, sep]) -> string");
}

#[test]
fn signatures_follow_the_arguments() {
    let mut client = project();
    client.ask("workspace/symbol", json!({"query": "x"}));
    let at = client.at("main.lua", "argument");
    let help = client.ask("textDocument/signatureHelp", at);
    assert_eq!(help["signatures"][0]["label"], "function M:add(price, count)");
    assert_eq!(help["activeParameter"], 0);
}

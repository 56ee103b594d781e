//! Definitions, references and what is shown of names.

use super::project::project;
use serde_json::json;

#[test]
fn names_lead_to_their_definitions_in_other_files() {
    let mut client = project();
    for (marker, place) in [
        ("module", "src/cart.lua:0:0"),
        ("new", "src/cart.lua:6:11"),
        ("field", "src/cart.lua:7:23"),
        ("use", "main.lua:4:21"),
    ] {
        let at = client.at("main.lua", marker);
        let found = client.ask("textDocument/definition", at);
        assert_eq!(client.places(&found), [place], "{marker}");
    }
    let at = client.at("main.lua", "add");
    let found = client.ask("textDocument/definition", at);
    assert_eq!(client.places(&found), [client.place("src/cart.lua", "add")]);
    let at = client.at("main.lua", "rep");
    assert_eq!(client.ask("textDocument/definition", at), json!([]));
}

#[test]
fn hover_shows_heads_and_comments() {
    let mut client = project();
    let new =
        "```lua\nfunction M.new(name: string)\n```\n\nMakes a cart.\n- `name`: string whose it is";
    assert_eq!(client.hover("main.lua", "new"), new);
    assert!(
        client
            .hover("main.lua", "add")
            .contains("function M:add(price, count)\n```\n\nAdds an item.")
    );
    assert!(
        client
            .hover("main.lua", "rep")
            .starts_with("```lua\nstring.rep(s, n [, sep]) -> string\n```")
    );
    assert!(client.hover("main.lua", "module").ends_with("A cart."));
    assert_eq!(client.hover("src/cart.lua", "sum"), "```lua\nlocal sum: number\n```");
}

#[test]
fn references_are_found_in_all_files() {
    let mut client = project();
    let at = client.at("src/cart.lua", "add");
    let found = client.ask("textDocument/references", at);
    let expected = [client.place("main.lua", "add"), client.place("src/cart.lua", "add")];
    assert_eq!(client.places(&found), expected);
    let at = client.at("src/cart.lua", "items");
    let found = client.ask("textDocument/references", at);
    assert_eq!(found.as_array().map(Vec::len), Some(4));
    let at = client.at("src/cart.lua", "sum");
    let found = client.ask("textDocument/documentHighlight", at);
    assert_eq!(found.as_array().map(Vec::len), Some(4));
}

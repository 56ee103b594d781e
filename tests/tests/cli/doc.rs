//! `luka doc`.

use crate::program::*;
use std::collections::BTreeMap;

const CART: &str = "--- Carts of a shop.
-- Everything about them: `cart.add`, @{shop.util.round|rounding}.

local util = require \"shop.util\"
local M = {}

---@class Item: Thing
---@field price number what it costs
local Item = {}
Item.__index = Item

--- Makes an item.
function Item.new(price: number)
  return setmetatable({price = price}, Item)
end

--- Its price with tax.
function Item:gross() return self.price * 1.2 end

--- Adds an item.
-- More of it.
---@param cart table<string, integer>
---@param item Item
---@param cuont? integer
---@return integer count how many there are
---@see cart.total, cart.gone
function M.add(cart, item, count)
  return util.round(count)
end

local function total(cart) return 0 end

M.total = total
M.Item = Item
-- How much is free.
M.LIMIT = 10
M._hidden = function() end

return M
";

const UTIL: &str = "-------------
-- Helpers.
-- @module shop.util
-- @author nobody

local function floor(x) return x // 1 end

--- Rounding.
-- @section rounding

--- Rounds `x`.
-- @tparam number x what is <rounded>
-- @treturn number the next integer
-- @usage
-- local n = round(1.5)
-- print(n)  --> 1
local function round(x) return floor(x) end

--- For nobody else.
-- @local
local function secret() end

return {round = round, secret = secret}
";

fn project() -> Folder {
    Folder::new(&[
        ("src/cart.lua", CART),
        ("src/shop/util.lua", UTIL),
        ("src/shop/init.lua", "-- Only a function.\nreturn function(name, ...) end\n"),
        ("src/old.lua", "--- A global one.\nfunction old_way(a) end\nlocal x = old_way\n"),
        ("src/cart_spec.lua", "describe()"),
        ("src/tests/x.lua", "return {}"),
    ])
}

fn doc(folder: &Folder, args: &[&str]) -> Ended {
    let args: Vec<&str> = std::iter::once("doc").chain(args.iter().copied()).collect();
    folder.run(&args)
}

fn files(folder: &Folder, name: &str) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder.0.join(name)).expect("a folder");
    entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("a text"))
        })
        .collect()
}

#[test]
fn what_modules_give() {
    let folder = project();
    let ended = doc(&folder, &["--format", "json", "--name", "shop"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let project: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(project["name"], "shop");
    let modules = project["modules"].as_array().expect("a list");
    let names: Vec<_> = modules.iter().map(|m| m["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["cart", "old", "shop", "shop.util"]);
    let items = |module: usize| -> Vec<(String, String)> {
        let items = modules[module]["items"].as_array().expect("a list").iter();
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_string();
        items.map(|item| (text(&item["kind"]), text(&item["signature"]))).collect()
    };
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(kind, name)| (kind.to_string(), name.to_string())).collect()
    };
    assert_eq!(
        items(0),
        pairs(&[
            ("function", "cart.Item.new(price: number)"),
            ("method", "cart.Item:gross()"),
            ("function", "cart.add(cart, item, count)"),
            ("function", "cart.total(cart)"),
            ("class", "cart.Item: Thing"),
            ("field", "cart.LIMIT"),
        ])
    );
    assert_eq!(items(1), pairs(&[("function", "old_way(a)")]));
    assert_eq!(items(2), pairs(&[("function", "shop(name, ...)")]));
    assert_eq!(items(3), pairs(&[("function", "util.round(x)")]));
    let add = &modules[0]["items"][2];
    assert_eq!(add["text"], "Adds an item.\nMore of it.");
    assert_eq!(add["params"][0]["type"], "table<string, integer>");
    assert_eq!(
        (&add["params"][2]["name"], &add["params"][2]["optional"]),
        (&"cuont".into(), &true.into())
    );
    assert_eq!(add["returns"][0]["name"], "count");
    assert_eq!(add["line"], 27);
    let round = &modules[3]["items"][0];
    assert_eq!(
        (&round["section"], &round["params"][0]["type"]),
        (&"Rounding".into(), &"number".into())
    );
    assert_eq!(round["usage"][0], "local n = round(1.5)\nprint(n)  --> 1");
    assert_eq!(modules[3]["text"], "Helpers.");
}

#[test]
fn what_is_missing_and_wrong() {
    let folder = project();
    let wrong = "src/cart.lua:27: 'cart.add' has no parameter 'cuont'\n";
    let dead = "src/cart.lua:27: 'cart.add': there is no 'cart.gone' to see\n";
    let ended = doc(&folder, &["-o", "out"]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.err.starts_with(&format!("{wrong}{dead}wrote ")), "{}", ended.err);
    assert!(ended.err.contains(" files to out: 4 modules, 9 items; "), "{}", ended.err);
    let ended = doc(&folder, &["--check"]);
    assert_eq!(ended.code, Some(1));
    let lines: Vec<&str> = ended.err.lines().collect();
    assert_eq!(
        lines,
        [
            wrong.trim_end(),
            "src/cart.lua:27: 'cart.add': the parameter 'count' is not documented",
            dead.trim_end(),
            "src/cart.lua:33: 'cart.total' is not documented",
            "src/old.lua:1: the module 'old' is not documented",
        ]
    );
    assert!(!folder.0.join("doc").exists());
    let good = Folder::new(&[("m.lua", "--- A module.\n\n--- F.\nfunction f() end\n")]);
    let ended = doc(&good, &["--check"]);
    let says = "checked 1 module, 1 item: nothing to report\n";
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), says));
    let ended = doc(&Folder::new(&[]), &[]);
    assert_eq!(
        (ended.code, ended.err.contains("there are no modules to document")),
        (Some(1), true)
    );
}

#[test]
fn pages_lead_to_each_other() {
    let folder = project();
    for out in ["one", "two"] {
        assert_eq!(doc(&folder, &["-o", out]).code, Some(0));
    }
    let pages = files(&folder, "one");
    assert_eq!(pages, files(&folder, "two"));
    let cart = &pages["module.cart.html"];
    assert!(cart.contains("<a href=\"module.cart.html#cart.add\">cart.add</a>"), "{cart}");
    assert!(cart.contains("<a href=\"module.shop.util.html#util.round\">rounding</a>"), "{cart}");
    assert!(cart.contains("<a href=\"module.cart.html#cart.Item\">Item</a>"), "{cart}");
    assert!(cart.contains("<a class=\"source\" href=\"source.cart.html#L27\">"), "{cart}");
    let util = &pages["module.shop.util.html"];
    assert!(
        util.contains("what is &lt;rounded&gt;") && util.contains("<h2>Rounding</h2>"),
        "{util}"
    );
    // Every address leads to a file and a place in it; nothing comes from elsewhere.
    for (name, page) in pages.iter().filter(|(name, _)| name.ends_with(".html")) {
        let addresses = page.split("href=\"").skip(1).chain(page.split("src=\"").skip(1));
        for address in addresses.map(|rest| rest.split('"').next().expect("an end")) {
            let (file, place) = address.split_once('#').unwrap_or((address, ""));
            let target = if file.is_empty() { Some(page) } else { pages.get(file) };
            let target = target.unwrap_or_else(|| panic!("{name}: {address}"));
            let is_there = place.is_empty() || target.contains(&format!("id=\"{place}\""));
            assert!(is_there, "{name}: {address}");
        }
    }
    assert!(
        pages["search.js"]
            .contains("[\"cart.add\",\"module.cart.html#cart.add\",\"Adds an item.\"]")
    );
    let url = "https://example.org/{file}#L{line}";
    assert_eq!(doc(&folder, &["-o", "three", "--source", url]).code, Some(0));
    let pages = files(&folder, "three");
    assert!(pages["module.cart.html"].contains("https://example.org/src/cart.lua#L27"));
    assert!(!pages.contains_key("source.cart.html"));
}

#[test]
fn markdown() {
    let folder = project();
    assert_eq!(doc(&folder, &["--format", "md", "-o", "md", "--name", "Shop"]).code, Some(0));
    let pages = files(&folder, "md");
    assert_eq!(
        pages["README.md"],
        "# Shop\n\n- [cart](cart.md): Carts of a shop.\n- [old](old.md)\n\
         - [shop](shop.md): Only a function.\n- [shop.util](shop.util.md): Helpers.\n"
    );
    assert_eq!(
        pages["shop.util.md"],
        "# shop.util\n\nHelpers.\n\n## Rounding\n\n### `util.round(x)`\n\nRounds `x`.\n\n\
         Parameters:\n\n- `x` *number*: what is <rounded>\n\nReturns:\n\n- *number*: the next integer\n\n\
         ```lua\nlocal n = round(1.5)\nprint(n)  --> 1\n```\n"
    );
}

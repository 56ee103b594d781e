//! Types in annotations, and what follows from them.

use super::client::Client;

const TYPES: &str = "local M = {}

---@class Named
---@field name string what it is called

---@class Item: Named
---@field price number
---@field maker? Named
---@field ready fun(): Named
local Item = {}

function Item:sell() end

---@class Shop
---@field items Item[]
---@field best Item

---@alias Maybe Item?

---@param item Item|nil
--             ^typename
---@param shop Shop where to look
---@return Item item
function M.first(item, shop)
  print(item, shop.best.price)
--      ^item
--            ^shop
--                      ^price
  return item
end

type Point = {x: number, y: number}
local p: Point = {x = 1, y = 2}
--    ^point
print(p)

--- Sells.
-- @tparam Item item
-- @treturn string
function M.sell(item) return item.name end

---@type Maybe
local maybe = nil
local found = M.first(maybe)
--    ^found
print(found)
return M
";

#[test]
fn annotations_are_shown_and_followed() {
    let mut client = Client::new(&[("shop.lua", TYPES)]);
    let code = |text: &str| format!("```lua\n{text}\n```");
    assert_eq!(client.hover("shop.lua", "item"), code("(parameter) item: Item?"));
    assert_eq!(client.hover("shop.lua", "point"), code("local p: Point"));
    let shop = code("(parameter) shop: Shop") + "\n\nwhere to look";
    assert_eq!(client.hover("shop.lua", "shop"), shop);
    assert_eq!(client.hover("shop.lua", "price"), code("(field) price: number"));
    assert!(client.hover("shop.lua", "found").starts_with("```lua\nlocal found: Item"));
    let item = "(class) Item: Named\n  price: number\n  maker?: Named\n  ready: fun(): Named";
    assert!(client.hover("shop.lua", "typename").starts_with(&format!("```lua\n{item}\n```")));
    for (marker, place) in [("typename", "shop.lua:5:10"), ("price", "shop.lua:6:10")] {
        let at = client.at("shop.lua", marker);
        let found = client.ask("textDocument/definition", at);
        assert_eq!(client.places(&found), [place], "{marker}");
    }
    let main = "local shop = require \"shop\"
---@type Item
local item = shop.first()
item.x()
--   ^field
shop.first().maker.x()
--                 ^parent
item:x()
--   ^method
shop.sell(item):x()
--              ^string
item.maker:x()
--         ^none
---@param s Shop
local function f(s, ...) return s.best.x() end
--                                     ^best
local p: Point = shop
--       ^p
p.x()
--^point
f(...)
";
    let main = main.replace("--       ^p\n", "").replace("p.x()\n--^point", "  p.x()\n--  ^point");
    let mut client = Client::new(&[("shop.lua", TYPES), ("main.lua", &main)]);
    let fields = ["price", "maker", "ready", "sell", "name"];
    assert_eq!(client.labels("main.lua", "field"), fields);
    assert_eq!(client.labels("main.lua", "best"), fields);
    assert_eq!(client.labels("main.lua", "parent"), ["name"]);
    assert_eq!(client.labels("main.lua", "method"), ["ready", "sell"]);
    assert!(client.labels("main.lua", "string").contains(&"upper".to_string()));
    assert_eq!(client.labels("main.lua", "point"), ["x", "y"]);
}

#[test]
fn annotations_are_completed() {
    let text = "---@class Item

---@p
--   ^tag
---@param i
--        ^name
---@param item I
--              ^type
function f(item, other) end
";
    let mut client = Client::new(&[("a.lua", text)]);
    assert!(client.labels("a.lua", "tag").contains(&"param".to_string()));
    assert_eq!(client.labels("a.lua", "name"), ["item", "other"]);
    let types = client.labels("a.lua", "type");
    assert!(types.contains(&"Item".to_string()) && types.contains(&"string".to_string()));
}

#[test]
fn elements_of_lists_are_known() {
    let text = "---@class Item
---@field price number
---@field parts Item[]

---@type Item[]
local list = {}
list[1].x()
--      ^annotated
list[#list].parts[2][1].x()
--                  ^inner
---@type table<string, Item>
local map = {}
map['a']:x()
map.a.x = map[1].x
--               ^map
local rows = {{name = 'a', size = 1}, {name = 'b', [1] = {deep = 2}}}
print(rows[2].x, rows[i][1].x)
--            ^shape
--                          ^deep
for _, item in ipairs(list) do print(item.x, item) end
--                                        ^loop
--                                           ^item
for _, row in pairs(rows) do print(row.name, row.size) end
--                                     ^name
local first = list[1]
--    ^first
";
    let text = text.replace(
        "list[#list].parts[2][1].x()\n--                  ^inner\n",
        "list[#list].parts[2].x()\n--                   ^inner\n",
    );
    let mut client = Client::new(&[("a.lua", &text)]);
    let item = ["price", "parts"];
    for marker in ["annotated", "inner", "map", "loop"] {
        assert_eq!(client.labels("a.lua", marker), item, "{marker}");
    }
    assert_eq!(client.labels("a.lua", "shape"), ["name", "size"]);
    assert_eq!(client.labels("a.lua", "deep"), ["deep"]);
    assert_eq!(client.hover("a.lua", "first"), "```lua\nlocal first: Item\n```");
    assert!(
        client.hover("a.lua", "item").contains("item: Item"),
        "{}",
        client.hover("a.lua", "item")
    );
    let at = client.at("a.lua", "name");
    let found = client.ask("textDocument/definition", at.clone());
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    let found = client.ask("textDocument/references", at);
    assert_eq!(found.as_array().map(Vec::len), Some(3), "{found}");
}

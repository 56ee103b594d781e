//! A project of two files, which most tests ask about.

use super::client::Client;

/// A module.
pub const CART: &str = "--- A cart.
local M = {}
M.__index = M

--- Makes a cart.
---@param name string whose it is
function M.new(name)
  return setmetatable({name = name, items = {}}, M)
end

--- Adds an item.
function M:add(price, count)
--         ^add
  self.items[#self.items + 1] = price * (count or 1)
end

function M:total()
  local sum = 0
--      ^sum
  for _, price in ipairs(self.items) do sum = sum + price end
--                            ^items
  return sum
end

return M
";

/// A program with it.
pub const MAIN: &str = "local cart = require \"cart\"
--                        ^module
local mine = cart.new(\"me\")
--                ^new
mine:add(5, 2)
--   ^add
--        ^argument
print(mine:total(), mine.name, string.rep(\"x\", 3))
--                       ^field       ^rep
local function twice(n) return n + n end
--                             ^use
print(twice(4))
";

/// A client with both.
pub fn project() -> Client {
    Client::new(&[
        ("src/cart.lua", CART),
        (
            "main.lua",
            &MAIN.replace(
                "--                       ^field       ^rep",
                "--                       ^field\n--                                    ^rep",
            ),
        ),
    ])
}

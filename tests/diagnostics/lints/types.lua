-- Annotations of all three kinds, and what they say about literals.
local n: number = "str"
local ok: number? = nil
local no: number = nil
local either: number | string = true
local list: {number} = "1, 2"
n = {}
ok = "text"
print(n, ok, no, either, list)

type Mode = "r" | "w"
local function open(name: string, mode: Mode?, size: number) return name, mode, size end
open("a", "r", 1)
open("a", "x", 1)
open("a", nil, "big")
open("a")
open(1, nil, 2)

local M = {}

---@class Base
---@class Item: Base
---@field price number

---@alias Id string|integer

---@param item Item
---@param id Id
---@param count? integer
---@param done fun(ok: boolean)
function M.add(item, id, count, done) return item, id, count, done end
M.add({}, 1, nil, print)
M.add("apple", "1", 2, print)
M.add({}, {}, 2, print)
M.add({}, 1, "two", print)
M.add({}, 1, "2", true)
M.add({}, 1)
M.add(...)

--- Sells.
-- @tparam table item what is sold
-- @tparam[opt=1] int count how many
-- @tparam ?string|number price
function M:sell(item, count, price) return item, count, price end
M:sell({})
M:sell("apple", 2, 3)
M:sell({}, "two", {})
M.sell(M, {}, true)

---@type nubmer, strin
local a, b = 1, "x"
---@type number
local later = nil
later = 1
print(a, b, later) ---@type integer
local x = "no" ---@type integer
print(x)

---@param naem string
---@param other string
local function greet(name) print(name) end
greet("x")

-- What is not certain is not reported.
---@param a number
local function tested(a) return a or 1 end
tested()
---@param a Unknown|string
local function unknown(a) return a end
unknown(1)
---@param a number
---@overload fun()
local function loaded(a) return a end
loaded()
---@generic T
---@param a T
local function generic(a) return a end
generic(1)
---@type number
local cast = 1
---@cast cast string
cast = "x"
print(cast)
print(pcall(open, 1), select("#", M))
local function id<T>(x: T): T return x end
print(id(1), id "x")
local pair: Pair<number> = {1, 2}
print(pair)
return M

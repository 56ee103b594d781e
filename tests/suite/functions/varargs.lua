-- Variable arguments (manual 3.4.11) and adjustment of results.

local function second(a, ...) return ... end

--- counting and selecting ---
local function f(...) return select("#", ...), ... end
print(f()) -- expect: 0
print(f(nil)) -- expect: 1 nil
print(f(1, nil, 3, nil)) -- expect: 4 1 nil 3 nil
print((f(1, 2))) -- expect: 2
print(second(1, 2, 3), second()) -- expect: 2

--- in the middle of a list only one value ---
local function v(...) return ..., "end" end
print(v(1, 2, 3)) -- expect: 1 end
print(v()) -- expect: nil end
local t = { second(1, 2, 3), second(1, 2, 3) }
print(#t, t[1], t[2], t[3]) -- expect: 3 2 2 3
print((second(1, 2, 3))) -- expect: 2

--- assigned ---
local function g(...)
  local a, b, c = ...
  local d, e = (...)
  return a, b, c, d, e
end
print(g(1, 2)) -- expect: 1 2 nil 1 nil
print(g(1, 2, 3, 4)) -- expect: 1 2 3 1 nil

--- table.pack and unpack ---
local p = table.pack(1, nil, 3, nil)
print(p.n, #p >= 0, p[1], p[2], p[3]) -- expect: 4 true 1 nil 3
print(table.unpack(p, 1, p.n)) -- expect: 1 nil 3 nil
print(table.unpack({ 1, 2, 3 }, 2), (table.unpack { 5, 6 })) -- expect: 2 5
print(table.unpack({ 1, 2, 3 }, 2, 3)) -- expect: 2 3
print(table.unpack({}, 1, 3)) -- expect: nil nil nil
print(select("#", table.unpack({}, 1, 0))) -- expect: 0
print(pcall(table.unpack, {}, 1, 1e7)) -- expect: false too many results to unpack
print(pcall(table.unpack, {}, math.mininteger, math.maxinteger))
-- expect: false too many results to unpack
print(table.unpack({ 1, 2 }, -1, 1)) -- expect: nil nil 1
print(table.unpack({}, math.maxinteger, math.maxinteger)) -- expect: nil

--- select ---
print(select(2, "a", "b", "c")) -- expect: b c
print(select(-1, "a", "b", "c")) -- expect: c
print(select(-3, "a", "b", "c")) -- expect: a b c
print(select(5, 1, 2)) -- expect:
print(pcall(select, 0)) -- expect: false bad argument #1 to 'select' (index out of range)
print(pcall(select, -2, 1)) -- expect: false bad argument #1 to 'select' (index out of range)
print(pcall(select, "x")) -- expect: false bad argument #1 to 'select' (number expected, got string)
print(select("#"), select("#", nil), select("2", 1, 2)) -- expect: 0 1 2

--- varargs captured by no closure ---
print((select(2, load("function f(...) return function() return ... end end", "=m"))))
-- expect: m:1: cannot use '...' outside a vararg function near '...'
local function h(...)
  local args = { ... }
  return function() return table.unpack(args) end
end
print(h(1, 2)()) -- expect: 1 2

--- the main chunk is vararg ---
print(load("return select('#', ...), ...")(1, 2)) -- expect: 2 1 2
print(load("local a, b = ... return b, a")(1, 2)) -- expect: 2 1

--- fixed parameters and extra ones ---
local function k(a, b, ...) return a, b, select("#", ...) end
print(k(1)) -- expect: 1 nil 0
print(k(1, 2, 3, 4)) -- expect: 1 2 2

--- recursion over varargs ---
local function sum(x, ...)
  if not x then return 0 end
  return x + sum(...)
end
print(sum(1, 2, 3, 4, 5)) -- expect: 15
local function rev(x, ...)
  if select("#", ...) == 0 then return x end
  local function push(y, ...) return ... end
  local r = { rev(...) }
  r[#r + 1] = x
  return table.unpack(r)
end
print(rev(1, 2, 3)) -- expect: 3 2 1

--- many arguments ---
local big = {}
for i = 1, 5000 do big[i] = i end
print(select("#", table.unpack(big)), (select(5000, table.unpack(big)))) -- expect: 5000 5000
local function count(...) return select("#", ...) end
print(count(table.unpack(big)), #{ table.unpack(big) }, math.max(table.unpack(big)))
-- expect: 5000 5000 5000
print(#string.char(table.unpack(big, 1, 100))) -- expect: 100
print(count(table.unpack(big, 1, 300)), (count(0, table.unpack(big)))) -- expect: 300 5001

--- in a method call, through metamethods ---
local o = setmetatable({}, { __call = function(self, ...) return select("#", ...), ... end })
print(o(1, 2)) -- expect: 2 1 2
print(o()) -- expect: 0
local idx = setmetatable({}, { __index = function(t, k, ...) return select("#", ...) end })
print(idx.x) -- expect: 0

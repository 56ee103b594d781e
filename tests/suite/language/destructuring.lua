-- Destructuring.

--- fields ---
local t = {x = 1, y = 2, z = false}
local {x, y = yy, z ?? 9, w ?? 0, v = vv ?? x + yy} = t
print(x, yy, z, w, vv) -- expect: 1 2 false 0 3
local {} = t
local {x,} = {x = "again"}
print(x) -- expect: again

--- items ---
local [a, b, ...rest] = {1, 2, 3, 4}
print(a, b, #rest, rest[1], rest[2]) -- expect: 1 2 2 3 4
local [c ?? "c", d] = {}
print(c, d) -- expect: c nil
local [first, ...] = {5, 6}
print(first) -- expect: 5

--- nesting ---
local {pos = {x, y}, list = [head, [deep]], opt = {q} ?? {q = "q"}} = {pos = {x = 1, y = 2}, list = {3, {4}}}
print(x, y, head, deep, q) -- expect: 1 2 3 4 q
local [ [m], n] = { {7}, 8}
print(m, n) -- expect: 7 8

--- with other targets ---
local function two() return {x = 1}, {2} end
local {x}, [y] = two()
local a, {z}, b = 1, {z = 2}, 3
print(x, y, a, z, b) -- expect: 1 2 1 2 3

--- the value is evaluated once, in the outer scope ---
local x = {x = "inner"}
local n = 0
local {x, y ?? 1} = (function() n += 1 return x end)()
print(x, y, n) -- expect: inner 1 1

--- loops ---
for i, {name, age ?? 0} in ipairs {{name = "A", age = 1}, {name = "B"}} do print(i, name, age) end
-- expect: 1 A 1
-- expect: 2 B 0
for [k, v] in coroutine.wrap(function() coroutine.yield {1, 2} coroutine.yield {3, 4} end) do io.write(k, v, " ") end
print() -- expect: 12 34
for _, {x} in ipairs {{x = 1}, {x = 2}, {x = 3}} do if x == 2 then continue end io.write(x, " ") end
print() -- expect: 1 3

--- parameters ---
local function f({x, y ?? 2}, [a], n) return x, y, a, n end
print(f({x = 1}, {3}, 4)) -- expect: 1 2 3 4
local function g({x} = {x = "default"}) return x end
print(g(), g {x = 1}) -- expect: default 1
local o = {}
function o:m({v}) return self == o, v end
print(o:m {v = 1}) -- expect: true 1

--- typed ---
local {x}: {x: number} = {x = 1}
print(x) -- expect: 1

--- refused ---
print(load "const {x} = t" == nil, load "{x} = t" == nil, load "local {x}" == nil, load "local {1} = t" == nil) -- expect: true true true true

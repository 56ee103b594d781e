-- Short functions, default parameters, trailing commas, named varargs.

--- short functions ---
local double = x -> x * 2
local add = |a, b| -> a + b
local five = || -> 5
local count = |...| -> select("#", ...)
print(double(4), add(1, 2), five(), count(1, nil, 3)) -- expect: 8 3 5 3

--- all results, the longest body ---
local function two() return 1, 2 end
print((x -> two())()) -- expect: 1 2
print((|a| -> a | 1)(4), (x -> x and 1 or 2)(false)) -- expect: 5 2
print(select("#", x -> x, 1)) -- expect: 2
local curried = a -> b -> c -> a + b + c
print(curried(1)(2)(3)) -- expect: 6

--- blocks ---
local f = |a| -> do
  local b = a * 2
  return b, a
end
print(f(3)) -- expect: 6 3
print(#{x -> do end, y -> y}) -- expect: 2

--- as arguments and operands ---
local t = {3, 1, 2}
table.sort(t, |a, b| -> a > b)
print(table.concat(t, " ")) -- expect: 3 2 1
local g = nil ?? x -> x + 1
print(g(1), (if true then x -> x else y -> y)(7)) -- expect: 2 7

--- patterns, types and defaults between the bars ---
print((|{x, y}, [a]| -> x + y + a)({x = 1, y = 2}, {3})) -- expect: 6
print((|(a: number), (b: number = 5)| -> a + b)(1)) -- expect: 6
print((|({x} = {x = 9})| -> x)()) -- expect: 9

--- defaults ---
local function f(a, b = 2, c = a + b, d = c) return a, b, c, d end
print(f(1)) -- expect: 1 2 3 3
print(f(1, nil, 9)) -- expect: 1 2 9 9
local function g(a = 1, ...) return a, ... end
print(g(nil, 2), g()) -- expect: 1 1
local t = {}
function t:m(x = self.default) return x end
t.default = "d"
print(t:m(), t:m(1)) -- expect: d 1
print(load "function f(a = ...) end" == nil) -- expect: true
print(load "function f({a ?? ...}) end" == nil) -- expect: true
print(load "return |[a ?? ...]| -> a" == nil) -- expect: true

--- a default sees what stands before it, and its own name ---
local b = "outer"
local function f(a = b, b = a) return a, b end
print(f(nil, 1), f()) -- expect: 1 nil nil

--- trailing commas ---
local function f(a, b,) return a, b end
local function two() return 1, 2 end
print(f(1, 2,)) -- expect: 1 2
print(two(),) -- expect: 1 2
print(select("#", ("x"):rep(2,), two(),)) -- expect: 3
local function v(a, ...,) return ... end
print(v(1, 2, 3)) -- expect: 2 3
print(load "f(,)" == nil, load "function f(,) end" == nil, load "f(1,,)" == nil) -- expect: true true true

--- named varargs ---
local function f(a, ...rest) return rest.n, rest[1], rest[rest.n], ... end
print(f(1, 2, nil, 4)) -- expect: 3 2 4 2 nil 4
print(f()) -- expect: 0 nil nil
print((|...args| -> args.n)(1, 2)) -- expect: 2
print(load "function f(...a) a = 1 end" == nil) -- expect: true

--- `...` reads the table of named varargs ---
local function f(...t) t[1] = 9 return ... end
print(f(1, 2), f()) -- expect: 9
print(f(1, 2)) -- expect: 9 2
local function g(n, ...t) t.n = n return select("#", ...), ... end
print(g(3, 1)) -- expect: 3 1 nil nil
print(g(0, 1)) -- expect: 0
local function s(...t) local t = 5 return t, ... end
print(s(1, 2)) -- expect: 5 1 2
print((|...t| -> `{t.n}: {...}`)("a", "b")) -- expect: 2: a
local function outer(...a) return |...b| -> {a.n, b.n, ...} end
print(table.concat(outer(1, 2)("x"), " ")) -- expect: 2 1 x

--- named varargs in blocks that become functions ---
local function k(...t)
  try do
    t[1] = 5
    return ...
  catch e then
    return e
  end
end
print(k(1, 2)) -- expect: 5 2
local function d(...t)
  defer do print("left", ...) end
  t[2] = "changed"
end
d(1, 2) -- expect: left 1 changed

--- the number of named varargs is checked ---
local function g(n, ...t) t.n = n return ... end
for _, n in ipairs { -1, math.maxinteger, 1.0, "1" } do
  io.write((select(2, pcall(g, n)):gsub("^.-:%d+: ", "")), ";")
end
print()
-- expect: vararg table has no proper 'n';vararg table has no proper 'n';vararg table has no proper 'n';vararg table has no proper 'n';

--- named varargs as environment ---
local function e(..._ENV) global a; a = 10 return a end
print(e()) -- expect: 10

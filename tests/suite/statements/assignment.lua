-- Assignment (manual 3.3.3) and local declarations (3.3.7).

--- adjustment of the number of values ---
local a, b, c = 1, 2
print(a, b, c) -- expect: 1 2 nil
a, b = 1, 2, 3
print(a, b) -- expect: 1 2
local function three() return 1, 2, 3 end
a, b, c = three()
print(a, b, c) -- expect: 1 2 3
a, b, c = 0, three()
print(a, b, c) -- expect: 0 1 2
a, b, c = three(), 10
print(a, b, c) -- expect: 1 10 nil
a, b, c = (three())
print(a, b, c) -- expect: 1 nil nil

--- expressions are evaluated before anything is assigned ---
local i, t = 3, {}
i, t[i] = i + 1, 20
print(i, t[3], t[4]) -- expect: 4 20 nil
local x, y, z = 1, 2, 3
x, y, z = y, z, x
print(x, y, z) -- expect: 2 3 1
local u = { 1, 2 }
u[1], u[2] = u[2], u[1]
print(u[1], u[2]) -- expect: 2 1
do
  local a = {}
  local i = 1
  i, a[i], i, a.k = 5, "x", 7, i
  print(a[1], a.k) -- expect: x 1
end

--- the order of table and key evaluation is left to right ---
local log = {}
local function f(n, v)
  log[#log + 1] = n
  return v
end
f("t1", {})[f("k1", 1)], f("t2", {})[f("k2", 2)] = f("v1", 1), f("v2", 2)
print(table.concat(log, " ")) -- expect: t1 k1 t2 k2 v1 v2

--- assigned upvalues and globals ---
local up = 1
local function set(v)
  up, glob = v, v * 2
end
set(5)
print(up, glob) -- expect: 5 10
glob, up = up, glob
print(up, glob) -- expect: 10 5
_ENV.glob2, glob3 = 1, 2
print(glob2, glob3, _G.glob3) -- expect: 1 2 2

--- shadowing ---
local v = 1
do
  local v = v + 1
  print(v) -- expect: 2
  local v = v * 10
  print(v) -- expect: 20
end
print(v) -- expect: 1
local w = function() return w end
print(w()) -- expect: nil
local function g() return g end
print(g() == g) -- expect: true

--- nil removes a field ---
t = { a = 1, b = 2 }
t.a = nil
print(t.a, next(t)) -- expect: nil b 2

--- repeated names in one statement ---
local p, p = 1, 2
print(p) -- expect: 2

--- assigning to a field of a call result, a parenthesised table, a string's metatable ---
local store = {}
local function get() return store end
get().x = 1
get()["y"], (store).z = 2, 3
print(store.x, store.y, store.z) -- expect: 1 2 3
print(pcall(function() ("s").x = 1 end))
-- expect: false assignment.lua:85: attempt to index a string value (constant 's')
print(pcall(function() local n; n.x = 1 end))
-- expect: false assignment.lua:87: attempt to index a nil value (local 'n')
print(pcall(function() undefinedvar.x = 1 end))
-- expect: false assignment.lua:89: attempt to index a nil value (global 'undefinedvar')
print(pcall(function() store.a.b = 1 end))
-- expect: false assignment.lua:91: attempt to index a nil value (field 'a')
print(pcall(function() store[nil] = 1 end)) -- expect: false assignment.lua:93: table index is nil
print(pcall(function() store[0/0] = 1 end)) -- expect: false assignment.lua:94: table index is NaN
print(store[nil], store[0/0]) -- expect: nil nil

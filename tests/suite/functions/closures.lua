-- Functions, closures and upvalues (manual 3.4.11, 3.5).

--- counters ---
local function counter(start)
  local n = start
  return function() n = n + 1 return n end, function() return n end
end
local inc, get = counter(10)
print(inc(), inc(), get()) -- expect: 11 12 12
local inc2 = counter(0)
print(inc2(), inc(), get()) -- expect: 1 13 13

--- an upvalue shared by closures of several levels ---
local function outer()
  local x = 1
  local function middle()
    local function inner() x = x + 1 return x end
    return inner, function() return x end
  end
  local i, g = middle()
  return i, g, function(v) x = v end
end
local i, g, s = outer()
i()
s(i() * 10)
print(g(), i(), g()) -- expect: 30 31 31

--- open upvalues are the live variables ---
local v = 1
local function rd() return v end
v = 2
print(rd()) -- expect: 2
local function wr() v = 3 end
wr()
print(v) -- expect: 3

--- parameters as upvalues ---
local function f(a, b)
  local g = function() a = a + b return a end
  b = b * 2
  return g
end
local h = f(1, 2)
print(h(), h()) -- expect: 5 9

--- loops make fresh variables ---
local t = {}
for i = 1, 3 do t[i] = function() i = i + 1 return i end end
print(t[1](), t[1](), t[2](), t[3]()) -- expect: 2 3 3 4
local k = 0
repeat
  local z = k
  t[k + 1] = function() z = z + 1 return z end
  k = k + 1
until z == 2
print(t[1](), t[2](), t[3](), t[1]()) -- expect: 1 2 3 2

--- recursion through locals ---
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end
print(fact(20)) -- expect: 2432902008176640000
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(10000), odd(7)) -- expect: true true
local Y = function(f) return (function(x) return x(x) end)(function(x)
  return f(function(...) return x(x)(...) end)
end) end
print(Y(function(self) return function(n) return n < 2 and n or self(n - 1) + self(n - 2) end end)(15))
-- expect: 610

--- names of function statements ---
local a = { b = { c = {} } }
function a.f(x) return x end
function a.b.c.g(x, y) return x + y end
function a.b:m(x) return self == a.b, x end
print(a.f(1), a.b.c.g(1, 2), a.b:m(3)) -- expect: 1 3 true 3
function globalfunction() return "g" end
print(globalfunction(), _G.globalfunction()) -- expect: g g

--- methods and self ---
local obj = { n = 5 }
function obj:add(x) self.n = self.n + x return self end
print(obj:add(1):add(2).n, obj.add(obj, 1).n, ("x"):rep(3), #("abc"):upper()) -- expect: 8 9 xxx 3

--- call sugar ---
local function id(...) return ... end
print(id "str", id [[long]], id { 1 }[1], id(id)("x"), type(id {})) -- expect: str long 1 x table
local o = { m = function(self, s) return s end }
print(o:m "lit", o:m [[long]], #o:m { 1, 2 }) -- expect: lit long 2

--- many upvalues ---
local parts = { "local " }
for i = 1, 60 do parts[#parts + 1] = (i > 1 and "," or "") .. "v" .. i end
parts[#parts + 1] = " = "
for i = 1, 60 do parts[#parts + 1] = (i > 1 and "," or "") .. i end
parts[#parts + 1] = " return function() return 0"
for i = 1, 60 do parts[#parts + 1] = "+v" .. i end
parts[#parts + 1] = " end, function() v1, v60 = 100, 200 end"
local sum, change = load(table.concat(parts))()
print(sum()) -- expect: 1830
change()
print(sum()) -- expect: 2069

--- _ENV is an upvalue and a local name ---
local function f(_ENV) return x, y end
print(f { x = 1, y = 2 }) -- expect: 1 2
do
  local _ENV = { print = print }
  z = 5
  print(z, _ENV.z) -- expect: 5 5
end
print(z) -- expect: nil
local function g()
  local _ENV <const> = { w = "const env" }
  return function() return w end
end
print(g()()) -- expect: const env
print(pcall(function() local _ENV = nil; return x end))
-- expect: false closures.lua:118: attempt to index a nil value (local '_ENV')
local env = {}
local chunk = load("a = 1; b = a + 1; return _ENV", "c", "t", env)
print(chunk() == env, env.a, env.b, a) -- expect: true 1 2 nil

--- equality of closures ---
local function mk() return function() end end
print(mk() == mk(), print == print) -- expect: false true

--- globals belong to the _ENV of their own block, also where two blocks look alike ---
-- The second `_ENV` was once taken for the first one, and so for whatever is in its register.
local seen = {}
do
  local folded <const> = 1
  local _ENV = { answer = "first" }
  seen[folded] = answer
end
do
  local plain = 2
  local _ENV = { answer = "second" }
  seen[plain] = answer
end
print(seen[1], seen[2]) -- expect: first second

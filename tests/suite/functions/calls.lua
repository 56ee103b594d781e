-- Calls, tail calls, argument and result counts (manual 3.4.10).

--- too few and too many arguments ---
local function f(a, b, c) return a, b, c end
print(f(1)) -- expect: 1 nil nil
print(f(1, 2, 3, 4)) -- expect: 1 2 3
print((f(1, 2))) -- expect: 1

--- results in every position ---
local function r(n)
  if n == 0 then return end
  if n == 1 then return "a" end
  return "a", "b", "c"
end
print(r(0), r(1), r(3)) -- expect: nil a a b c
print(r(3), r(0)) -- expect: a
print((r(0))) -- expect: nil
print(({ r(3) })[3], #{ r(3), r(3) }) -- expect: c 4
local x, y = r(0)
print(x, y) -- expect: nil nil

--- proper tail calls ---
local function loop(n) if n == 0 then return "done" end return loop(n - 1) end
print(loop(300000)) -- expect: done
local function a(n, ...) if n == 0 then return ... end return a(n - 1, ...) end
print(a(100000, 1, 2, 3)) -- expect: 1 2 3
local t = setmetatable({}, { __call = function(self, n) if n == 0 then return "called" end return self(n - 1) end })
print(t(100000)) -- expect: called
local o = {}
function o:m(n) if n == 0 then return "method" end return self:m(n - 1) end
print(o:m(100000)) -- expect: method

--- tail calls of natives ---
local function g(...) return select(...) end
print(g(2, "x", "y", "z")) -- expect: y z
local function h(s) return s:upper() end
print(h "abc") -- expect: ABC
print((function() return pcall(error, "e") end)()) -- expect: false e

--- calling what is not a function ---
local function try(f, ...) print((select(2, pcall(f, ...)))) end
-- expect: calls.lua:55: attempt to call a nil value (global 'undefinedf')
-- expect: calls.lua:56: attempt to call a number value (local 'l')
-- expect: calls.lua:57: attempt to call a nil value (field 'x')
-- expect: calls.lua:58: attempt to index a nil value (field 'x')
-- expect: calls.lua:59: attempt to call a nil value (method 'm')
-- expect: calls.lua:60: attempt to call a nil value (method 'nomethod')
-- expect: calls.lua:61: attempt to call a number value
-- expect: calls.lua:62: attempt to call a nil value
-- expect: calls.lua:63: attempt to call a nil value (field 'nofunc')
-- expect: calls.lua:64: attempt to call a nil value (field 'integer index')
-- expect: calls.lua:65: attempt to call a nil value (field '?')
-- expect: attempt to call a number value
-- expect: attempt to call a table value
try(function() undefinedf() end)
try(function() local l = 5; l() end)
try(function() local t = {}; t.x() end)
try(function() local t = {}; t.x.y() end)
try(function() local t = {}; t:m() end)
try(function() ("x"):nomethod() end)
try(function() (1)() end)
try(function() return (nil)() end)
try(function() string.nofunc "x" end)
try(function(t) t[1]() end, {})
try(function(t) t[t]() end, {})
try(5)
try({})

--- __call ---
local c = setmetatable({ n = 1 }, { __call = function(self, a, b) return self.n, a, b end })
print(c(2, 3)) -- expect: 1 2 3
local c2 = setmetatable({}, { __call = c })
print(c2(4, 5) == 1, select("#", c2(4, 5))) -- expect: true 3
print(pcall(setmetatable({}, { __call = 5 }))) -- expect: false attempt to call a number value
local deep = function(...) return ... end
for i = 1, 20 do deep = setmetatable({}, { __call = deep }) end
print(select("#", pcall(deep, 1))) -- expect: 22

--- evaluation order of function and arguments ---
local log = {}
local function v(n) log[#log + 1] = n return function(...) log[#log + 1] = "call" return ... end end
v "f" (v "a", v "b")
print(table.concat(log, " ")) -- expect: f a b call

--- deep recursion that returns ---
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
print(depth(100000)) -- expect: 100000
local function build(n) if n == 0 then return nil end return { build(n - 1) } end
print(type(build(10000))) -- expect: table

--- endless recursion is an error that can be caught ---
local function inf(n) return 1 + inf(n + 1) end
local ok, e = pcall(inf, 1)
print(ok, (e:gsub("^[^:]*:%d+: ", ""):match("^[^\n]*")):match("^stack overflow"))
-- expect: false stack overflow
local m = setmetatable({}, {})
getmetatable(m).__index = function(t, k) return t[k .. "x"] end
ok, e = pcall(function() return m.a end)
print(ok, e:match("stack overflow")) -- expect: false stack overflow

--- how deep recursion goes does not depend on what frames take beside PUC's slots ---
-- Links of frames counted among the million slots: 333,326, 166,662 and 499,990 calls.
local n
local function deep(f) n = 0 local ok, e = pcall(f, 1) return n // 1000, ok, e:match("stack overflow") end
print(deep(function(k) local function f(k) n = k return 1 + f(k + 1) end return f(k) end))
-- expect: 499 false stack overflow
print(deep(function() local function f(...) n = n + 1 return 1 + f(...) end return f() end))
-- expect: 499 false stack overflow
print(deep(function() function endless() n = n + 1 endless() end endless() end))
-- expect: 999 false stack overflow
-- The handler has slots of its own; one that overflows them is given up.
print(xpcall(endless, function() local function f(k) return k == 0 and "handled" or (f(k - 1)) end return f(10) end))
-- expect: false handled
print(select(2, xpcall(endless, function() return endless() end)):match("^[^\n]*"))
-- expect: error in error handling
print(deep(endless))  -- expect: 999 false stack overflow
-- An overflow in a coroutine is its own.
n = 0 print(coroutine.resume(coroutine.create(endless)) == false, n // 1000) -- expect: true 999

--- functions with many parameters and locals ---
local names, vals = {}, {}
for i = 1, 150 do names[i], vals[i] = "p" .. i, i end
local f = load("return function(" .. table.concat(names, ",") .. ") return p1 + p75 + p150 end")()
print(f(table.unpack(vals))) -- expect: 226
print((select(2, load("local " .. ("a,"):rep(200) .. "a", "=m"))))
-- expect: m:1: too many local variables (limit is 200) in main function near <eof>
local ups = {}
for i = 1, 256 do ups[i] = "local u" .. i end
print(load("local function f() end " .. ("local x "):rep(198))  ~= nil) -- expect: true

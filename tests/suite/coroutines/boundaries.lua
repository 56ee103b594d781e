-- Where coroutines can yield and where they cannot (manual 4.5 for C, 6.2).

--- across pcall and xpcall ---
local co = coroutine.wrap(function()
  local ok, e = pcall(function()
    local x = coroutine.yield("in pcall")
    error("after " .. x, 0)
  end)
  local ok2, v = xpcall(function() return coroutine.yield("in xpcall") end, print)
  local ok3, e3 = xpcall(function() error(coroutine.yield("again"), 0) end, function(m) return "handled " .. m end)
  return ok, e, ok2, v, ok3, e3
end)
print(co()) -- expect: in pcall
print(co("resume")) -- expect: in xpcall
print(co("value")) -- expect: again
print(co("problem")) -- expect: false after resume true value false handled problem

--- nested pcalls ---
local co = coroutine.wrap(function()
  return pcall(pcall, pcall, function()
    coroutine.yield(1)
    error("deep", 0)
  end)
end)
print(co()) -- expect: 1
print(co()) -- expect: true true false deep

--- in iterators and through table functions with metamethods ---
local function iter(n) return function(_, i) i = i + 1 if i <= n then return coroutine.yield(i) or i end end, nil, 0 end
local co = coroutine.wrap(function() local s = "" for i in iter(3) do s = s .. i end return s end)
print(co(), co(), co(), co()) -- expect: 1 2 3 123

--- not in callbacks of sort, gsub, load, require, finalizers ---
local function try(f, ...) print(coroutine.resume(coroutine.create(f), ...)) end
-- expect: false attempt to yield across a C-call boundary
-- expect: false attempt to yield across a C-call boundary
-- expect: true
-- expect: true false attempt to yield across a C-call boundary
-- expect: false attempt to yield across a C-call boundary
-- expect: false attempt to yield across a C-call boundary
-- expect: false attempt to yield across a C-call boundary
-- expect: true false true
try(function() table.sort({ 3, 2, 1 }, function(a, b) coroutine.yield() return a < b end) end)
try(function() string.gsub("abc", ".", function(c) coroutine.yield(c) end) end)
try(function() load(function() coroutine.yield() end) end)
try(function() return pcall(string.gsub, "abc", ".", coroutine.yield) end)
try(function() tostring(setmetatable({}, { __tostring = function() coroutine.yield() end })) end)
try(function()
  package.preload["suite.yielding"] = function() coroutine.yield() end
  require "suite.yielding"
end)
try(function() table.concat(setmetatable({}, { __index = function() coroutine.yield() end, __len = function() return 1 end })) end)
try(function()
  local seen
  table.sort({ 1, 2 }, function(a, b) seen = coroutine.isyieldable() return a < b end)
  return seen, coroutine.isyieldable()
end)

--- a coroutine inside such a callback works ---
local t = { 5, 2, 8, 1 }
table.sort(t, function(a, b)
  local co = coroutine.wrap(function() coroutine.yield(a < b) end)
  return co()
end)
print(table.concat(t, " ")) -- expect: 1 2 5 8
print((string.gsub("hello", "l", function() return coroutine.wrap(function() coroutine.yield("L") end)() end)))
-- expect: heLLo

--- dofile and yields ---
local name = os.tmpname()
local f = io.open(name, "w")
f:write("local x = coroutine.yield('from file') return x * 2")
f:close()
local co = coroutine.wrap(function() return dofile(name) end)
print(co()) -- expect: from file
print(co(21)) -- expect: 42
os.remove(name)

--- errors keep their traceback until the coroutine is gone ---
local co = coroutine.create(function()
  local function f() error("trace me") end
  f()
end)
print(coroutine.resume(co)) -- expect: false boundaries.lua:81: trace me
local function flat(s) return (s:gsub("\n\t?", "|")) end
print(flat(debug.traceback(co)))
-- expect: stack traceback:|[C]: in function 'error'|boundaries.lua:81: in local 'f'|boundaries.lua:82: in function <boundaries.lua:80>
print(flat(debug.traceback(co, "msg", 1)))
-- expect: msg|stack traceback:|boundaries.lua:81: in local 'f'|boundaries.lua:82: in function <boundaries.lua:80>
print(flat(debug.traceback(coroutine.create(print)))) -- expect: stack traceback:
local co2 = coroutine.create(function() coroutine.yield() end)
coroutine.resume(co2)
print(flat(debug.traceback(co2)))
-- expect: stack traceback:|[C]: in function 'coroutine.yield'|boundaries.lua:91: in function <boundaries.lua:91>

--- a wrapped coroutine adds the position to string errors ---
local f = coroutine.wrap(function() error("plain", 0) end)
print(pcall(f)) -- expect: false plain
local g = coroutine.wrap(function() error("positioned") end)
print(pcall(g)) -- expect: false boundaries.lua:99: positioned
local h = coroutine.wrap(function() coroutine.wrap(function() error("twice") end)() end)
print(pcall(h)) -- expect: false boundaries.lua:101: boundaries.lua:101: twice

--- yields from native functions called as coroutine bodies ---
local co = coroutine.create(coroutine.yield)
print(coroutine.resume(co, 1, 2)) -- expect: true 1 2
print(coroutine.resume(co, 3)) -- expect: true 3
print(coroutine.status(co)) -- expect: dead
co = coroutine.wrap(pcall)
print(co(coroutine.yield, "y")) -- expect: y
print(co("r")) -- expect: true r
co = coroutine.create(string.upper)
print(coroutine.resume(co, "native")) -- expect: true NATIVE
print(coroutine.resume(coroutine.create(coroutine.resume), coroutine.create(function() return 5 end)))
-- expect: true true 5

--- collected while suspended ---
local weak = setmetatable({}, { __mode = "v" })
do
  local co = coroutine.create(function() local big = {} weak.big = big coroutine.yield(big) end)
  coroutine.resume(co)
  weak.co = co
end
collectgarbage()
collectgarbage()
print(weak.co, weak.big) -- expect: nil nil

--- what a walk over the frames has found out holds for the frames below only ---
-- (A yield from a deep recursion marks the frames; a later one stops at the mark.)
local function deep(n, f, ...)
  if n > 0 then
    local r = deep(n - 1, f, ...)
    return r
  end
  coroutine.yield("deep")
  local r = f(...)
  return r
end
local function try_to_yield() return pcall(coroutine.yield, "inside") end
local function from_sort()
  local ok, e
  table.sort({2, 1}, function(a, b) ok, e = try_to_yield() return a < b end)
  return tostring(ok) .. " " .. tostring(e)
end
local co = coroutine.wrap(deep)
print(co(20, from_sort)) -- expect: deep
print(co()) -- expect: false attempt to yield across a C-call boundary
local co = coroutine.wrap(deep)
print(co(20, function() return tostring(select(2, try_to_yield())) end)) -- expect: deep
print(co()) -- expect: inside
print(co("back")) -- expect: back
-- A frame above the mark that is taken over by a library function which calls one that yields.
local co = coroutine.wrap(deep)
print(co(20, function(t, order) return table.sort(t, order) end, {3, 1, 2}, function(a, b)
  coroutine.yield("never")
  return a < b
end)) -- expect: deep
print(pcall(co)) -- expect: false attempt to yield across a C-call boundary

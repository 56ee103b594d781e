-- error, assert, pcall, xpcall (manual 2.3, 6.1).

--- levels and values ---
local function f() error("here") end
local function g() error("caller", 2) end
local function h() g() end
print(pcall(f)) -- expect: false raising.lua:4: here
print(pcall(h)) -- expect: false raising.lua:6: caller
print(pcall(error, "level 1 of pcall")) -- expect: false level 1 of pcall
print(pcall(error, "no position", 0)) -- expect: false no position
print(type(select(2, pcall(error, { 1 })))) -- expect: table
print(pcall(error)) -- expect: false nil
print(pcall(error, nil)) -- expect: false nil
print(pcall(error, 42), pcall(error, 42, 2)) -- expect: false false 42
print(select("#", pcall(error))) -- expect: 2
print(pcall(function() error("l3", 3) end)) -- expect: false raising.lua:16: l3
print(pcall(function() error("tab", 1) end)) -- expect: false raising.lua:17: tab
print(pcall(function() error(setmetatable({}, { __tostring = function() return "obj" end })) end))
-- expect: false obj

--- assert ---
print(assert(1, "msg", 3)) -- expect: 1 msg 3
print(pcall(assert, false)) -- expect: false assertion failed!
print(pcall(assert, nil, "custom")) -- expect: false custom
print(type(select(2, pcall(assert, false, { 1 })))) -- expect: table
print(pcall(assert)) -- expect: false bad argument #1 to 'assert' (value expected)
print(pcall(assert, nil, nil)) -- expect: false nil
print(select("#", assert(1, 2, nil))) -- expect: 3

--- pcall ---
print(pcall(function(...) return ... end, 1, nil, 3)) -- expect: true 1 nil 3
print(pcall(pcall)) -- expect: false bad argument #1 to 'pcall' (value expected)
print(pcall(pcall, error, "e")) -- expect: true false e
print(pcall(nil)) -- expect: false attempt to call a nil value
print(select("#", pcall(function() end))) -- expect: 1

--- xpcall ---
print(xpcall(function(a, b) return a + b end, print, 1, 2)) -- expect: true 3
print(xpcall(function() error("e", 0) end, function(m) return m .. " handled", "only one" end))
-- expect: false e handled
print(xpcall(function() local x = nil; x() end, function(m) return "H: " .. m end))
-- expect: false H: raising.lua:41: attempt to call a nil value (local 'x')
print(pcall(xpcall, print))
-- expect: false bad argument #2 to 'xpcall' (function expected, got no value)
print(pcall(xpcall, print, 5))
-- expect: false bad argument #2 to 'xpcall' (function expected, got number)
print(xpcall(error, function(m) return type(m) end)) -- expect: false nil
print(xpcall(function() error("a", 0) end, function(m) error("b", 0) end))
-- expect: false error in error handling
print(xpcall(function() error("x") end, function(m) return debug.traceback("T", 1):match("^T\nstack traceback:\n") ~= nil end))
-- expect: false true

--- the handler runs where the error happened ---
local function deep() local secret = 42 error("deep", 0) end
print(xpcall(deep, function(m) -- expect: false deep secret=42
  local name, value = debug.getlocal(3, 1)
  return m .. " " .. tostring(name) .. "=" .. tostring(value)
end))

--- nested and rethrown errors ---
local ok, e = pcall(function()
  local ok, e = pcall(error, "inner", 0)
  error("outer+" .. e, 0)
end)
print(ok, e) -- expect: false outer+inner
local obj = {}
print(select(2, pcall(function() pcall(error, obj) error(obj) end)) == obj) -- expect: true
local function retry(n) local ok, e = pcall(function() if n > 0 then error(n, 0) end return "ok" end) if not ok then return retry(e - 1) end return e end
print(retry(5)) -- expect: ok

--- errors in metamethods and callbacks ---
local t = setmetatable({}, { __index = function(_, k) error("index " .. k, 2) end })
print(pcall(function() return t.x end)) -- expect: false raising.lua:73: index x
print(pcall(table.sort, { 3, 2, 1 }, function() error("cmp", 0) end)) -- expect: false cmp
print(pcall(string.gsub, "abc", "b", function() error("repl", 0) end)) -- expect: false repl
print(pcall(function() for i in function() error("iter", 0) end do end end)) -- expect: false iter
print(pcall(table.sort, { 1, "x", 2 })) -- expect: false attempt to compare string with number
print(pcall(string.rep))
-- expect: false bad argument #1 to 'string.rep' (string expected, got no value)
print(pcall(string.rep, "x", {}))
-- expect: false bad argument #2 to 'string.rep' (number expected, got table)
print(pcall(("x").rep, "x", "y"))
-- expect: false bad argument #2 to 'string.rep' (number expected, got string)
print(pcall(function() ("x"):rep({}) end))
-- expect: false raising.lua:84: bad argument #1 to 'rep' (number expected, got table)
print(pcall(function() string.rep("x", 1.5) end))
-- expect: false raising.lua:86: bad argument #2 to 'rep' (number has no integer representation)

--- many protected calls in a row ---
local n = 0
for i = 1, 20000 do
  local ok, e = pcall(error, i)
  if not ok then n = n + e end
end
print(n) -- expect: 200010000

--- errors do not leave upvalues or locals behind ---
local captured
pcall(function()
  local v = 1
  captured = function() v = v + 1 return v end
  error("x")
end)
print(captured(), captured()) -- expect: 2 3

--- out of memory is an error ---
--! skip stress allocates a lot on purpose
print(pcall(string.rep, "x", 1 << 60)) -- expect: false resulting string too large
print(pcall(string.rep, "x", math.maxinteger, "y")) -- expect: false resulting string too large
print((pcall(function() local s = ("x"):rep(1 << 40) end))) -- expect: false

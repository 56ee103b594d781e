-- error, assert, pcall, xpcall, collectgarbage (manual 6.1).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end

--- error and its levels ---
try(error) -- expect: false nil
try(error, nil) -- expect: false nil
try(error, "x", 0) -- expect: false x
try(error, {} and 3, 2) -- expect: false 3
try(error, "x", "y") -- expect: false bad argument #2 to 'error' (number expected, got string)
try(function() error("here") end) -- expect: false errors_and_warnings.lua:12: here
try(function() error("here", 2) end) -- expect: false here
try(function() error() end) -- expect: false nil
local ok, e = pcall(error, setmetatable({}, {__tostring = function() return "an object" end}))
print(ok, tostring(e)) -- expect: false an object

--- assert ---
print(assert(1, 2, 3)) -- expect: 1 2 3
try(assert) -- expect: false bad argument #1 to 'assert' (value expected)
try(assert, false) -- expect: false assertion failed!
try(assert, nil, "message") -- expect: false message
try(assert, false, {} and 5) -- expect: false 5
try(assert, false, nil) -- expect: false nil
try(function() assert(false, "no position is added") end)
-- expect: false errors_and_warnings.lua:25: no position is added

--- pcall and xpcall ---
try(pcall) -- expect: false bad argument #1 to 'pcall' (value expected)
try(xpcall, 1) -- expect: false bad argument #2 to 'xpcall' (function expected, got no value)
print(xpcall(error, function(m) return m .. "!" end, "e")) -- expect: false e!
print(xpcall(function(...) return ... end, print, 1, nil, 3)) -- expect: true 1 nil 3
print(select("#", pcall(function() end))) -- expect: 1

--- collectgarbage ---
try(collectgarbage, "bogus")
-- expect: false bad argument #1 to 'collectgarbage' (invalid option 'bogus')
print(math.type(collectgarbage("count")), collectgarbage("isrunning")) -- expect: float true
print(collectgarbage("stop"), collectgarbage("isrunning")) -- expect: 0 false
print(collectgarbage("restart"), collectgarbage("isrunning")) -- expect: 0 true
print(collectgarbage("setpause", 100), collectgarbage("setpause", 200)) -- expect: 200 100
print(collectgarbage("setstepmul", 200), collectgarbage("setstepmul", 100)) -- expect: 100 200
print(collectgarbage(), collectgarbage("collect")) -- expect: 0 0
setmetatable({}, {__gc = function() print(collectgarbage("count"), collectgarbage("step")) end})
collectgarbage() -- expect: nil nil

--- warn ---
try(warn) -- expect: false bad argument #1 to 'warn' (string expected, got no value)
try(warn, {}) -- expect: false bad argument #1 to 'warn' (string expected, got table)
try(warn, "a", {}) -- expect: false bad argument #2 to 'warn' (string expected, got table)
print(select("#", warn("not seen: warnings are off"))) -- expect: 0

-- Positions and levels of errors, through metamethods and callbacks.
--! lua 5.4.8

--- levels of error ---
local function lev (n) error("L" .. n, n) end
local function a (n) lev(n) end
local function b (n) a(n) end
for n = 0, 6 do print(pcall(b, n)) end
local function tail (n) return lev(n) end
for n = 0, 4 do print(pcall(tail, n)) end
-- expect: false L0
-- expect: false levels.lua:5: L1
-- expect: false levels.lua:6: L2
-- expect: false levels.lua:7: L3
-- expect: false L4
-- expect: false levels.lua:8: L5
-- expect: false L6
-- expect: false L0
-- expect: false levels.lua:5: L1
-- expect: false L2
-- expect: false levels.lua:10: L3
-- expect: false L4

--- in metamethods and callbacks ---
local t = setmetatable({}, {__index = function (t, k) string.rep() end,
  __add = function () error("in add") end, __lt = function () error("in lt", 2) end,
  __gc = 1, __tostring = function () return 1 end, __name = "NAME"})
print(pcall(function () return t.x end)) -- expect: false levels.lua:25: bad argument #1 to 'rep' (string expected, got no value)
print(pcall(function () return t + 1 end)) -- expect: false levels.lua:26: in add
print(pcall(function () return t < 1 end)) -- expect: false levels.lua:30: in lt
print(pcall(tostring, t)) -- expect: true 1
print(pcall(function () return t .. 1 end)) -- expect: false levels.lua:32: attempt to concatenate a NAME value (upvalue 't')
print(pcall(function () return -t end)) -- expect: false levels.lua:33: attempt to perform arithmetic on a NAME value (upvalue 't')
print(pcall(function () return t() end)) -- expect: false levels.lua:34: attempt to call a NAME value (upvalue 't')
print(pcall(function () return #t < t end)) -- expect: false levels.lua:35: in lt
print(pcall(function () math.floor(t) end)) -- expect: false levels.lua:36: bad argument #1 to 'floor' (number expected, got NAME)
print(pcall(table.sort, {3, 2, 1}, function (a, b) return a.x < b.x end)) -- expect: false levels.lua:37: attempt to index a number value (local 'a')
print(pcall(table.sort, {3, 2, 1, 4}, function (a, b) error("cmp", 2) end)) -- expect: false cmp
print(pcall(string.gsub, "abc", "%w", function (c) error("rep" .. c) end)) -- expect: false levels.lua:39: repa
print(pcall(string.gsub, "abc", "%w", function (c) error("rep" .. c, 2) end)) -- expect: false repa
print(pcall(string.gsub, "abc", "(", "x")) -- expect: true xaxbxcx 4

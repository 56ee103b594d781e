-- Concatenation (manual 3.4.6) and length (3.4.7).

--- concatenation of strings and numbers ---
print("a" .. "b" .. "c", 1 .. "", 1 .. 2, 1.0 .. "|", -1 .. "", 2^31 .. "")
-- expect: abc 1 12 1.0| -1 2147483648.0
print(("x" .. 1.5) .. (0.1 .. ""), 1e15 .. " " .. 1e16 .. " " .. 123456789012)
-- expect: x1.50.1 1e+15 1e+16 123456789012
print(math.maxinteger .. "", math.mininteger .. "", 1/0 .. "", -1/0 .. "")
-- expect: 9223372036854775807 -9223372036854775808 inf -inf
local s = ""
for i = 1, 10 do s = s .. i .. (i < 10 and "," or "") end
print(s) -- expect: 1,2,3,4,5,6,7,8,9,10

--- concatenation is right associative and evaluates once ---
--! lua 5.4.6
local order = {}
local mt = {}
mt.__concat = function(a, b)
  local x = type(a) == "table" and a.name or a
  local y = type(b) == "table" and b.name or b
  order[#order + 1] = x .. "+" .. y
  return setmetatable({ name = x .. y }, mt)
end
local function obj(n) return setmetatable({ name = n }, mt) end
local r = "p" .. "q" .. obj("r") .. "s" .. "t"
print(r.name, table.concat(order, " ")) -- expect: pqrst r+st q+rst p+qrst

--- errors ---
local function try(f, ...) print((select(2, pcall(f, ...)))) end
-- expect: concat_length.lua:36: attempt to concatenate a nil value (local 'a')
-- expect: concat_length.lua:37: attempt to concatenate a table value (local 'a')
-- expect: concat_length.lua:38: attempt to concatenate a nil value (field 'name')
-- expect: concat_length.lua:39: attempt to concatenate a nil value (global 'undefinedthing')
-- expect: concat_length.lua:40: attempt to concatenate a boolean value (local 'b')
-- expect: concat_length.lua:42: attempt to concatenate a nil value (upvalue 'loc')
try(function(a) return a .. "x" end, nil)
try(function(a) return "x" .. a end, {})
try(function(a) return "x" .. a.name end, {})
try(function() return "x" .. undefinedthing .. "y" end)
try(function(a, b) return a .. b end, 1, true)
local loc = nil
try(function() return loc .. "x" end)

--- length of strings is in bytes ---
print(#"", #"abc", #"\0\0", #"é", #("x"):rep(1000)) -- expect: 0 3 2 2 1000
print(pcall(function(x) return #x end, 5))
-- expect: false concat_length.lua:46: attempt to get length of a number value (local 'x')
print(pcall(function(x) return #x end, nil))
-- expect: false concat_length.lua:48: attempt to get length of a nil value (local 'x')

--- length of sequences is their border ---
print(#{}, #{ 1, 2, 3 }, #{ n = 1 }, #{ 1, 2, nil }, #{ nil }) -- expect: 0 3 0 2 0
local t = {}
for i = 1, 100 do t[i] = i end
print(#t) -- expect: 100
for i = 100, 51, -1 do t[i] = nil end
print(#t) -- expect: 50
t[51] = 1
print(#t, #{ [1] = 1, [2] = 2 }, #{ [0] = 0, 1 }) -- expect: 51 2 1

--- many operands ---
local parts = {}
for i = 1, 60 do parts[i] = "'" .. i .. "'" end
local f = load("return " .. table.concat(parts, " .. "))
print(#f(), f():sub(1, 20)) -- expect: 111 12345678910111213141

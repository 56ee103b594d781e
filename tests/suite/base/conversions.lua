-- tostring, tonumber, type, select, raw access (manual 6.1).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end

--- tonumber without a base ---
print(tonumber("10"), tonumber(" 0x1p4 "), tonumber("1e1"), tonumber("10 x"), tonumber(""))
-- expect: 10 16.0 10.0 nil nil
print(tonumber({}), tonumber(nil), tonumber(true), tonumber("1\0"), tonumber("- 1"))
-- expect: nil nil nil nil nil
try(tonumber) -- expect: false bad argument #1 to 'tonumber' (value expected)

--- tonumber with a base ---
print(tonumber("zz", 36), tonumber("ff", 16), tonumber("-0xff", 16), tonumber("8", 8))
-- expect: 1295 255 nil nil
print(tonumber(" 10 ", 16), tonumber("1e", 16), tonumber("", 10), tonumber("1.0", 10))
-- expect: 16 30 nil nil
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffffff", 16))
-- expect: 9223372036854775807 -1
try(tonumber, "10", 99) -- expect: false bad argument #2 to 'tonumber' (base out of range)
try(tonumber, 10, 10) -- expect: false bad argument #1 to 'tonumber' (string expected, got number)
try(tonumber, nil, 10) -- expect: false bad argument #1 to 'tonumber' (string expected, got nil)
try(tonumber, "10", 2.5)
-- expect: false bad argument #2 to 'tonumber' (number has no integer representation)

--- tostring ---
print(tostring(nil), tostring(true), tostring(12), tostring(-0.0), tostring(1e15), tostring(2^53))
-- expect: nil true 12 -0.0 1e+15 9.007199254741e+15
print(tostring("x"), tostring(1e100), tostring(math.huge), tostring(-math.huge))
-- expect: x 1e+100 inf -inf
print((tostring(setmetatable({}, {__name = "NAME"})):gsub("0x%x+", "address")))
-- expect: NAME: address
print((tostring({}):gsub("0x%x+", "address")), (tostring(print):gsub("0x%x+", "address")))
-- expect: table: address function: address
try(tostring) -- expect: false bad argument #1 to 'tostring' (value expected)
try(tostring, setmetatable({}, {__tostring = function() return 1 end})) -- expect: true 1
try(tostring, setmetatable({}, {__tostring = function() return {} end}))
-- expect: false '__tostring' must return a string
print(pcall(print, setmetatable({}, {__tostring = function() return {} end})))
-- expect: false '__tostring' must return a string

--- type ---
for _, v in ipairs {1, "x", true, {}, print, 1.5, coroutine.create(print), io.stdout} do
  print(type(v))
-- expect: number
-- expect: string
-- expect: boolean
-- expect: table
-- expect: function
-- expect: number
-- expect: thread
-- expect: userdata
end
print(type(nil)) -- expect: nil
try(type) -- expect: false bad argument #1 to 'type' (value expected)

--- select ---
print(select(2, "a", "b", "c")) -- expect: b c
print(select(-1, "a", "b", "c")) -- expect: c
print(select("#"), select("#", nil, nil), select("#x", 1)) -- expect: 0 2 1
print(select(4, 1, 2, 3), select(100, 1)) -- expect: nil
try(select) -- expect: false bad argument #1 to 'select' (number expected, got no value)
try(select, 0) -- expect: false bad argument #1 to 'select' (index out of range)
try(select, -2, 1) -- expect: false bad argument #1 to 'select' (index out of range)
try(select, "x") -- expect: false bad argument #1 to 'select' (number expected, got string)
try(select, 1.5) -- expect: false bad argument #1 to 'select' (number has no integer representation)

--- raw access ---
local t = setmetatable({}, {__index = error, __newindex = error, __len = error, __eq = error})
print(rawset(t, 1, 2) == t, rawget(t, 1), rawget(t, 2), rawlen(t), rawlen("abc"))
-- expect: true 2 nil 1 3
print(rawequal(t, setmetatable({}, getmetatable(t))), rawequal("a", "a"), rawequal(1, 1.0))
-- expect: false true true
try(rawget, 1, 2) -- expect: false bad argument #1 to 'rawget' (table expected, got number)
try(rawget, {}) -- expect: false bad argument #2 to 'rawget' (value expected)
try(rawset, {}, nil, 1) -- expect: false table index is nil
try(rawset, {}, 0/0, 1) -- expect: false table index is NaN
try(rawset, {}, 1) -- expect: false bad argument #3 to 'rawset' (value expected)
try(rawlen, 5) -- expect: false bad argument #1 to 'rawlen' (table or string expected, got number)
try(rawequal, 1) -- expect: false bad argument #2 to 'rawequal' (value expected)

--- metatables ---
print(getmetatable("").__index == string, getmetatable({}), getmetatable(1)) -- expect: true nil nil
print(getmetatable(setmetatable({}, {__metatable = "hidden"}))) -- expect: hidden
try(setmetatable, {})
-- expect: false bad argument #2 to 'setmetatable' (nil or table expected, got no value)
try(setmetatable, {}, 1)
-- expect: false bad argument #2 to 'setmetatable' (nil or table expected, got number)
try(setmetatable, 1, {})
-- expect: false bad argument #1 to 'setmetatable' (table expected, got number)
try(setmetatable, setmetatable({}, {__metatable = 1}), {})
-- expect: false cannot change a protected metatable

--- print and __tostring take turns ---
local a = setmetatable({}, {__tostring = function() print("inner") return "outer" end})
print("before", a, "after", a)
-- expect: beforeinner
-- expect:  outer afterinner
-- expect:  outer

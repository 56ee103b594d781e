-- Texts of run-time errors: names of variables, kinds of operands.

local function try(f, ...) print((select(2, pcall(f, ...)))) end
local up, upt

--- indexing ---
local loc
try(function() return loc.x end)
-- expect: messages.lua:8: attempt to index a nil value (upvalue 'loc')
try(function() local l; return l.x end)
-- expect: messages.lua:10: attempt to index a nil value (local 'l')
try(function() local l = 5; l.x.y = 1 end)
-- expect: messages.lua:12: attempt to index a number value (local 'l')
try(function() return up.x end)
-- expect: messages.lua:14: attempt to index a nil value (upvalue 'up')
try(function() return glob.x end)
-- expect: messages.lua:16: attempt to index a nil value (global 'glob')
try(function() glob.x = 1 end)
-- expect: messages.lua:18: attempt to index a nil value (global 'glob')
try(function() local t = {}; return t.a.b end)
-- expect: messages.lua:20: attempt to index a nil value (field 'a')
try(function() local t = {}; return t[1].b end)
-- expect: messages.lua:22: attempt to index a nil value (field 'integer index')
try(function() local t, k = {}, "key"; return t[k].b end)
-- expect: messages.lua:24: attempt to index a nil value (field '?')
try(function() local t, k = {}, 1.5; return t[k].b end)
-- expect: messages.lua:26: attempt to index a nil value (field '?')
try(function() local t = { a = {} }; t.a.b.c = 1 end)
-- expect: messages.lua:28: attempt to index a nil value (field 'b')
try(function() return ("s").x.y end)
-- expect: messages.lua:30: attempt to index a nil value (field 'x')
try(function() return (nil).x end) -- expect: messages.lua:32: attempt to index a nil value
try(function() return (1).x end) -- expect: messages.lua:33: attempt to index a number value
try(function() return (true).x end) -- expect: messages.lua:34: attempt to index a boolean value
try(function() local t = {} return t.x:m() end)
-- expect: messages.lua:35: attempt to index a nil value (field 'x')
try(function() local t = {} t[nil] = 1 end) -- expect: messages.lua:37: table index is nil
try(function(a) return a[1] end)
-- expect: messages.lua:38: attempt to index a nil value (local 'a')
try(function(...) local a = ... return a.b end)
-- expect: messages.lua:40: attempt to index a nil value (local 'a')
try(function() return math.nothing.x end)
-- expect: messages.lua:42: attempt to index a nil value (field 'nothing')
try(function() local a <const> = nil; return a.b end)
-- expect: messages.lua:44: attempt to index a nil value

--- calling ---
try(function() local t = {} t.method() end)
-- expect: messages.lua:48: attempt to call a nil value (field 'method')
try(function() local t = {} t:method() end)
-- expect: messages.lua:50: attempt to call a nil value (method 'method')
try(function() local t = { x = {} } t.x.y.z() end)
-- expect: messages.lua:52: attempt to index a nil value (field 'y')
try(function() glob() end) -- expect: messages.lua:54: attempt to call a nil value (global 'glob')
try(function() loc() end) -- expect: messages.lua:55: attempt to call a nil value (global 'loc')
try(function() local l = "s" l() end)
-- expect: messages.lua:56: attempt to call a string value (local 'l')
try(function() (function() return nil end)()() end)
-- expect: messages.lua:58: attempt to call a nil value
try(function() local t = {} t[1]() end)
-- expect: messages.lua:60: attempt to call a nil value (field 'integer index')
try(function() local t = {} t[2^53]() end)
-- expect: messages.lua:62: attempt to call a nil value (field '?')
try(function() ("x")() end)
-- expect: messages.lua:64: attempt to call a string value (constant 'x')
try(function() string.nope() end)
-- expect: messages.lua:66: attempt to call a nil value (field 'nope')
try(function() return glob(1) end)
-- expect: messages.lua:68: attempt to call a nil value (global 'glob')
try(function() local t = setmetatable({}, { __index = 1 }) t.x() end)
-- expect: messages.lua:70: attempt to index a number value

--- arithmetic ---
try(function() return loc + 1 end)
-- expect: messages.lua:74: attempt to perform arithmetic on a nil value (global 'loc')
try(function() return 1 + loc end)
-- expect: messages.lua:76: attempt to perform arithmetic on a nil value (global 'loc')
try(function() local t = {} return t.x * 2 end)
-- expect: messages.lua:78: attempt to perform arithmetic on a nil value (field 'x')
try(function() return glob - 1 end)
-- expect: messages.lua:80: attempt to perform arithmetic on a nil value (global 'glob')
try(function() local a = {} return a / 2 end)
-- expect: messages.lua:82: attempt to perform arithmetic on a table value (local 'a')
try(function() local a = {} return -a end)
-- expect: messages.lua:84: attempt to perform arithmetic on a table value (local 'a')
try(function() local a = "x" return a + 1 end)
-- expect: messages.lua:86: attempt to add a 'string' with a 'number'
try(function() local a = "x" return -a end)
-- expect: messages.lua:88: attempt to unm a 'string' with a 'string'
try(function() return {} + {} end)
-- expect: messages.lua:90: attempt to perform arithmetic on a table value
try(function() return 2 ^ nil end)
-- expect: messages.lua:92: attempt to perform arithmetic on a nil value
try(function() local a, b = 1, {} return a % b end)
-- expect: messages.lua:94: attempt to perform arithmetic on a table value (local 'b')
try(function() return 10 // loc end)
-- expect: messages.lua:96: attempt to perform arithmetic on a nil value (global 'loc')
try(function() local s = "10" return s + {} end)
-- expect: messages.lua:98: attempt to add a 'string' with a 'table'
try(function() return math.huge // 1 | 0 end)
-- expect: messages.lua:100: number has no integer representation
try(function() return 1.5 & 1 end) -- expect: messages.lua:102: number has no integer representation
try(function() local a = 2^53 * 4096 return a | 1 end)
-- expect: messages.lua:103: number (local 'a') has no integer representation
try(function() return "a" | 1 end)
-- expect: messages.lua:105: attempt to perform bitwise operation on a string value (constant 'a')
try(function() return 1 << {} end)
-- expect: messages.lua:107: attempt to perform bitwise operation on a table value
try(function() local a = 1.5 return ~a end)
-- expect: messages.lua:109: number (local 'a') has no integer representation
try(function() return up & 1 end)
-- expect: messages.lua:111: attempt to perform bitwise operation on a nil value (upvalue 'up')

--- concatenation, length, comparison ---
try(function() return loc .. "x" end)
-- expect: messages.lua:115: attempt to concatenate a nil value (global 'loc')
try(function() return "x" .. loc end)
-- expect: messages.lua:117: attempt to concatenate a nil value (global 'loc')
try(function() return "a" .. {} .. "b" end)
-- expect: messages.lua:119: attempt to concatenate a table value
try(function() local t = {} return "a" .. t.x end)
-- expect: messages.lua:121: attempt to concatenate a nil value (field 'x')
try(function() return 1 .. nil end) -- expect: messages.lua:123: attempt to concatenate a nil value
try(function() return #loc end)
-- expect: messages.lua:124: attempt to get length of a nil value (global 'loc')
try(function() return #5 end) -- expect: messages.lua:126: attempt to get length of a number value
try(function() local t = {} return #t.x end)
-- expect: messages.lua:127: attempt to get length of a nil value (field 'x')
try(function() return 1 < "2" end)
-- expect: messages.lua:129: attempt to compare number with string
try(function() return {} < {} end) -- expect: messages.lua:131: attempt to compare two table values
try(function() return nil < nil end) -- expect: messages.lua:132: attempt to compare two nil values
try(function() return print <= print end)
-- expect: messages.lua:133: attempt to compare two function values
try(function() return "a" >= 1 end)
-- expect: messages.lua:135: attempt to compare number with string
try(function() return {} > 1 end) -- expect: messages.lua:137: attempt to compare number with table

--- arguments of library functions ---
try(function() string.rep() end)
-- expect: messages.lua:140: bad argument #1 to 'rep' (string expected, got no value)
try(function() ("x"):rep() end)
-- expect: messages.lua:142: bad argument #1 to 'rep' (number expected, got no value)
try(function() ("x"):rep("y") end)
-- expect: messages.lua:144: bad argument #1 to 'rep' (number expected, got string)
try(function() ("x").rep("x", {}) end)
-- expect: messages.lua:146: bad argument #2 to 'rep' (number expected, got table)
try(function() local r = string.rep r("x", {}) end)
-- expect: messages.lua:148: bad argument #2 to 'r' (number expected, got table)
try(function() local t = { r = string.rep } t.r("x", {}) end)
-- expect: messages.lua:150: bad argument #2 to 'r' (number expected, got table)
try(function() setmetatable(1, {}) end)
-- expect: messages.lua:152: bad argument #1 to 'setmetatable' (table expected, got number)
try(function() ipairs() end)
-- expect: messages.lua:154: bad argument #1 to 'ipairs' (value expected)
try(function() math.floor("x") end)
-- expect: messages.lua:156: bad argument #1 to 'floor' (number expected, got string)
try(function() math.floor({}) end)
-- expect: messages.lua:158: bad argument #1 to 'floor' (number expected, got table)
try(function() table.concat({ {} }) end)
-- expect: messages.lua:160: invalid value (table) at index 1 in table for 'concat'
try(function() table.concat({ 1, 2, nil, 4 }, ",", 1, 4) end)
-- expect: messages.lua:162: invalid value (nil) at index 3 in table for 'concat'
try(function() tonumber("10", 99) end)
-- expect: messages.lua:164: bad argument #2 to 'tonumber' (base out of range)
try(function() tonumber(10, 10) end)
-- expect: messages.lua:166: bad argument #1 to 'tonumber' (string expected, got number)
try(function() select(0) end)
-- expect: messages.lua:168: bad argument #1 to 'select' (index out of range)
try(function() string.char(256) end)
-- expect: messages.lua:170: bad argument #1 to 'char' (value out of range)
try(function() string.format("%d", 1.5) end)
-- expect: messages.lua:172: bad argument #2 to 'format' (number has no integer representation)
try(function() string.format("%d", "1.5") end)
-- expect: messages.lua:174: bad argument #2 to 'format' (number has no integer representation)
try(function() string.format("%y", 1) end)
-- expect: messages.lua:176: invalid conversion '%y' to 'format'
try(function() ("x"):bad() end)
-- expect: messages.lua:178: attempt to call a nil value (method 'bad')
try(function() io.open() end)
-- expect: messages.lua:180: bad argument #1 to 'open' (string expected, got no value)
try(function() io.open("x", "q") end)
-- expect: messages.lua:182: bad argument #2 to 'open' (invalid mode)
try(function() os.time({}) end) -- expect: messages.lua:184: field 'year' missing in date table
try(function() utf8.char(-1) end)
-- expect: messages.lua:185: bad argument #1 to 'char' (value out of range)
try(function() coroutine.resume() end)
-- expect: messages.lua:187: bad argument #1 to 'resume' (thread expected, got no value)
try(function() getmetatable("").__index.rep() end)
-- expect: messages.lua:189: bad argument #1 to 'rep' (string expected, got no value)
try(function() load(5) end) -- expect: nil
try(function() collectgarbage("nonsense") end)
-- expect: messages.lua:192: bad argument #1 to 'collectgarbage' (invalid option 'nonsense')
try(function() math.random(0, -1) end)
-- expect: messages.lua:194: bad argument #1 to 'random' (interval is empty)
try(function() math.tointeger() end)
-- expect: messages.lua:196: bad argument #1 to 'tointeger' (value expected)
try(function() string.pack("i17", 1) end)
-- expect: messages.lua:198: integral size (17) out of limits [1,16]
try(function() table.insert({}, 1, 2, 3) end)
-- expect: messages.lua:200: wrong number of arguments to 'insert'
try(function() table.unpack({}, 1, 1e8) end) -- expect: messages.lua:202: too many results to unpack
try(function() next({}, "nokey") end) -- expect: invalid key to 'next'
try(function() rawset({}, nil, 1) end) -- expect: table index is nil
try(function() debug.getinfo(1, "?") end)
-- expect: messages.lua:205: bad argument #2 to 'getinfo' (invalid option)

--- names of globals inside functions with their own _ENV ---
try(function() local _ENV = {} return x.y end)
-- expect: messages.lua:209: attempt to index a nil value (global 'x')
try(function() local _ENV = { x = {} } return x.y.z end)
-- expect: messages.lua:211: attempt to index a nil value (field 'y')
try(load("local _ENV <const> = {} ; return a.b", "=l"))
-- expect: l:1: attempt to index a nil value (global 'a')
try(load("return a.b", "=l", "t", {})) -- expect: l:1: attempt to index a nil value (global 'a')

--- for loops ---
try(function() for i = "x", 1 do end end)
-- expect: messages.lua:218: bad 'for' initial value (number expected, got string)
try(function() for i = 1, {} do end end)
-- expect: messages.lua:220: bad 'for' limit (number expected, got table)
try(function() for i = 1, 2, nil do end end)
-- expect: messages.lua:222: bad 'for' step (number expected, got nil)
try(function() for i = 1, 10, 0 do end end) -- expect: messages.lua:224: 'for' step is zero
try(function() for k in 5 do end end)
-- expect: messages.lua:225: attempt to call a number value (for iterator 'for iterator')
try(function() for k in pairs(nil) do end end)
-- expect: messages.lua:227: bad argument #1 to 'for iterator' (table expected, got nil)

--- names too long for an instruction ---
local t = {}
try(function() t:a_method_with_a_name_of_more_than_forty_bytes_in_all() end)
-- expect: messages.lua:232: attempt to call a nil value (method 'a_method_with_a_name_of_more_than_forty_bytes_in_all')
try(function() return t.a_field_with_a_name_of_more_than_forty_bytes_in_all.x end)
-- expect: messages.lua:234: attempt to index a nil value (field 'a_field_with_a_name_of_more_than_forty_bytes_in_all')

--- names end at a zero byte ---
local zero = {}
print((select(2, pcall(function() zero["a\0b"]() end)):gsub("^.-:%d+: ", "")))
-- expect: attempt to call a nil value (field 'a')
print((select(2, pcall(function() zero["\0"].x = 1 end)):gsub("^.-:%d+: ", "")))
-- expect: attempt to index a nil value (field '')

-- JSON: the module cjson.
--! skip oracle PUC Lua has none

local cjson = require "cjson"

local function try(...) return select(2, pcall(...)) end

--- values ---
print(cjson.encode {1, 2.5, "x", true, cjson.null, {}}) -- expect: [1,2.5,"x",true,null,{}]
print(cjson.encode {a = {b = {c = 1}}}) -- expect: {"a":{"b":{"c":1}}}
local t = cjson.decode ' { "a" : [1, 2.5e1, "\\u00e9\\ud83d\\ude00", null, true] , "b":{} } '
print(t.a[1], t.a[2], t.a[3], t.a[4] == cjson.null, t.a[5], next(t.b)) -- expect: 1 25.0 é😀 true true nil
print(math.type(cjson.decode "10"), math.type(cjson.decode "10.0"), cjson.decode "12345678901234567890")
-- expect: integer float 1.2345678901235e+19

--- arrays and objects ---
print(cjson.encode {[3] = "x"}, cjson.encode {[1] = 1, ["2"] = 2}:len()) -- expect: [null,null,"x"] 13
print(try(cjson.encode, {[1] = 1, [100] = 2})) -- expect: Cannot serialise table: excessively sparse array
print(cjson.encode_sparse_array(true)) -- expect: true 2 10
print(cjson.encode {[100] = 2}) -- expect: {"100":2}
print(cjson.encode(cjson.empty_array), cjson.encode(setmetatable({}, cjson.array_mt))) -- expect: [] []
print(cjson.encode_empty_table_as_object(false), cjson.encode {}) -- expect: false []

--- metamethods ---
local list = setmetatable({}, {__len = function() return 3 end, __index = function(_, i) return {i * i} end})
print(cjson.encode {list, list}) -- expect: [[[1],[4],[9]],[[1],[4],[9]]]
print(try(cjson.encode, setmetatable({}, {__len = function() error "no length" end}))) -- expect: cjson.lua:27: no length
local function yields() coroutine.yield() return 1 end
print(coroutine.wrap(function() return try(cjson.encode, setmetatable({}, {__len = yields})) end)())
-- expect: attempt to yield across a C-call boundary

--- texts ---
print(cjson.encode '/"\\\b\f\n\r\t\0\127é') -- expect: "\/\"\\\b\f\n\r\t\u0000\u007fé"
print(cjson.encode_escape_forward_slash(false), cjson.encode "/") -- expect: false "/"
print(#cjson.encode(("\1"):rep(1000)), #cjson.decode('"' .. ("\\u0001"):rep(1000) .. '"')) -- expect: 6002 1000

--- errors of texts ---
for _, text in ipairs {"", "[", "[1", "[1 2]", "{", '{"a"', '{"a":1 "b"', "{1:2}", '"\\x"', '"\\ud800"', '"', "nul", "1 2", "-"} do
  print(try(cjson.decode, text))
end
-- expect: Expected value but found T_END at character 1
-- expect: Expected value but found T_END at character 2
-- expect: Expected comma or array end but found T_END at character 3
-- expect: Expected comma or array end but found T_INTEGER at character 4
-- expect: Expected object key string but found T_END at character 2
-- expect: Expected colon but found T_END at character 5
-- expect: Expected comma or object end but found T_STRING at character 8
-- expect: Expected object key string but found T_INTEGER at character 2
-- expect: Expected value but found invalid escape code at character 2
-- expect: Expected value but found invalid unicode escape code at character 2
-- expect: Expected value but found unexpected end of string at character 2
-- expect: Expected value but found invalid token at character 1
-- expect: Expected the end but found T_INTEGER at character 3
-- expect: Expected value but found invalid number at character 1

--- numbers that JSON does not have ---
print(table.unpack(cjson.decode "[0x10, 012, -inf, +1]")) -- expect: 16.0 12 -inf 1
print(cjson.decode_invalid_numbers(false), try(cjson.decode, "012")) -- expect: false Expected value but found invalid number at character 1
print(try(cjson.encode, 1 / 0)) -- expect: Cannot serialise number: must not be NaN or Infinity
print(cjson.encode_invalid_numbers "null", cjson.encode {0/0}) -- expect: null [null]
print(cjson.encode_number_precision(3), cjson.encode(1/3)) -- expect: 3 0.333

--- settings belong to a module ---
local other = cjson.new()
other.encode_indent "  "
print(other.encode {{1}})
-- expect: [
-- expect:   [
-- expect:     1
-- expect:   ]
-- expect: ]
print(cjson.encode {{1}}) -- expect: [[1]]

--- depth ---
print(cjson.decode_max_depth(2), try(cjson.decode, "[[[1]]]")) -- expect: 2 Found too many nested data structures (3) at character 3
local cycle = {} cycle[1] = cycle
print(try(cjson.encode, cycle)) -- expect: Cannot serialise, excessive nesting (1001)

--- the safe module ---
local safe = require "cjson.safe"
print(safe.decode "{") -- expect: nil Expected object key string but found T_END at character 2
print(safe.encode(print)) -- expect: nil Cannot serialise function: type not supported
print((safe.decode "[1]")[1], safe.encode {1}) -- expect: 1 [1]

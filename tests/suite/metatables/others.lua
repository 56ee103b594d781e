-- __tostring, __name, __metatable, __pairs, __mode of types, and metatables of basic types.

--- __tostring and __name ---
print(tostring(setmetatable({}, { __tostring = function() return "me" end }))) -- expect: me
print(setmetatable({}, { __tostring = function() return "printed" end })) -- expect: printed
print(pcall(tostring, setmetatable({}, { __tostring = function() return 1 end }))) -- expect: true 1
print(pcall(tostring, setmetatable({}, { __tostring = 5 })))
-- expect: false attempt to call a number value
print((tostring(setmetatable({}, { __name = "My.Type" })):gsub("0x%x+", "PTR")))
-- expect: My.Type: PTR
print((tostring(setmetatable({}, { __name = 5 })):gsub("0x%x+", "PTR"))) -- expect: table: PTR
print(string.format("%s|%5s", setmetatable({}, { __tostring = function() return "f" end }), setmetatable({}, { __tostring = function() return "g" end })))
-- expect: f|    g
print(pcall(string.rep, setmetatable({}, { __name = "My.Type" })))
-- expect: false bad argument #1 to 'string.rep' (string expected, got My.Type)
print(pcall(ipairs)) -- expect: false bad argument #1 to 'ipairs' (value expected)
print(pcall(function() return setmetatable({}, { __name = "My.Type" }) + 1 end))
-- expect: false others.lua:17: attempt to perform arithmetic on a My.Type value
print(pcall(function() return setmetatable({}, { __name = "My.Type" }) < 1 end))
-- expect: false others.lua:19: attempt to compare My.Type with number
print(pcall(function() return #setmetatable({}, { __name = "T" }) .. {} end))
-- expect: false others.lua:21: attempt to concatenate a table value

--- __metatable protects ---
local p = setmetatable({}, { __metatable = "locked" })
print(getmetatable(p), pcall(setmetatable, p, {}))
-- expect: locked false cannot change a protected metatable
print(getmetatable("").__name, getmetatable("").__index == string) -- expect: nil true
print(pcall(setmetatable, 1, {}))
-- expect: false bad argument #1 to 'setmetatable' (table expected, got number)
print(pcall(setmetatable, {}))
-- expect: false bad argument #2 to 'setmetatable' (nil or table expected, got no value)
print(pcall(setmetatable, {}, 1))
-- expect: false bad argument #2 to 'setmetatable' (nil or table expected, got number)
print(getmetatable({}), getmetatable(1), getmetatable(print), getmetatable(nil))
-- expect: nil nil nil nil
print(pcall(getmetatable)) -- expect: false bad argument #1 to 'getmetatable' (value expected)

--- __pairs ---
local t = setmetatable({ 1, 2 }, { __pairs = function(t) return function(_, k) if not k then return "only", #t end end, t, nil end })
for k, v in pairs(t) do print(k, v) end -- expect: only 2
print(select("#", pairs(setmetatable({}, { __pairs = function() return 1, 2, 3, 4, 5 end }))))
-- expect: 3
print(pairs(setmetatable({}, { __pairs = function() end }))) -- expect: nil nil nil

--- ipairs respects __index ---
local proxy = setmetatable({}, { __index = function(_, i) if i <= 3 then return i * i end end })
for i, v in ipairs(proxy) do print(i, v) end
-- expect: 1 1
-- expect: 2 4
-- expect: 3 9

--- library functions respect metamethods ---
local base = { 3, 1, 2 }
local log = 0
local px = setmetatable({}, {
  __index = function(_, k) log = log + 1 return base[k] end,
  __newindex = function(_, k, v) log = log + 1 base[k] = v end,
  __len = function() return #base end,
})
table.sort(px)
print(table.concat(px, ","), rawlen(px), log > 0) -- expect: 1,2,3 0 true
table.insert(px, 4)
print(#base, table.remove(px, 1), #base, table.unpack(px)) -- expect: 4 1 3 2 3 4
table.move(px, 1, 3, 2)
print(table.concat(base, " ")) -- expect: 2 2 3 4

--- metatables of basic types ---
local smt = getmetatable("")
smt.__add = nil
print(("x"):rep(2), ("%d"):format(5), #"abc", ("abc").len == string.len) -- expect: xx 5 3 true
smt.__call = function(s, ...) return s .. select("#", ...) end
print(("call")(1, 2)) -- expect: call2
smt.__call = nil
smt.__index = function(s, i) if type(i) == "number" then return s:sub(i, i) end return string[i] end
print(("hello")[2], ("x"):upper()) -- expect: e X
smt.__index = string
debug.setmetatable(1, { __index = { double = function(n) return n * 2 end }, __call = function(n, x) return n + x end })
print((5):double(), (5)(6)) -- expect: 10 11
debug.setmetatable(1, nil)
debug.setmetatable(nil, { __index = function(_, k) return "nil." .. k end })
local n
print(n.field, undefinedglobal.x) -- expect: nil.field nil.x
debug.setmetatable(nil, nil)
print(pcall(function() return n.field end))
-- expect: false others.lua:85: attempt to index a nil value (upvalue 'n')
debug.setmetatable(print, { __index = { doc = "a function" }, __add = function() return "sum" end })
print(print.doc, print + 1, (function() end).doc) -- expect: a function sum a function
debug.setmetatable(print, nil)
debug.setmetatable(true, { __unm = function(b) return not b end })
print(-true, -false) -- expect: false true
debug.setmetatable(true, nil)

--- string arithmetic is a metamethod of strings ---
print("10" + 1, getmetatable("").__add ~= nil, getmetatable("").__band) -- expect: 11 true nil
local o = setmetatable({}, { __add = function(a, b) return "o" end })
print("abc" + o, o + "abc", "10" + o) -- expect: o o o
print(pcall(getmetatable("").__add, "a", 1))
-- expect: false attempt to add a 'string' with a 'number'
print(getmetatable("").__add("3", 4), getmetatable("").__unm("5", "5")) -- expect: 7 -5

--- metamethods and coroutines ---
local y = setmetatable({}, {
  __index = function(_, k) return coroutine.yield("index " .. k) end,
  __newindex = function(_, k, v) coroutine.yield("newindex " .. k .. v) end,
  __add = function() return coroutine.yield("add") end,
  __lt = function() return coroutine.yield("lt") end,
  __eq = function() return coroutine.yield("eq") end,
  __concat = function() return coroutine.yield("concat") end,
  __call = function(_, x) return coroutine.yield("call " .. x) end,
  __len = function() return coroutine.yield("len") end,
  __unm = function() return coroutine.yield("unm") end,
})
local other = setmetatable({}, getmetatable(y))
local co = coroutine.wrap(function()
  local r = { y.k, y + 1, y < other, y == other, "a" .. y .. "b", y(7), #y, -y }
  y.z = 1
  for i = 1, 8 do r[i] = tostring(r[i]) end
  return table.concat(r, " ")
end)
local out = { co() }
for i = 1, 9 do out[#out + 1] = co(i) end
print(table.concat(out, ";"))
-- expect: index k;add;lt;eq;concat;call 7;len;unm;newindex z1;1 2 true true a5 6 7 8

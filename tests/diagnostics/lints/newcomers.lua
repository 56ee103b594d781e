-- Mistakes that fail in any case.
local list = {}
list:insert(1)
list:push(2)
local Point = {}
function Point.make() return {} end
Point()
local a, b = { x = 1 }, { x = 2 }
print(a + b, a < b, a & 1)
local x <close> = {}
local y <close> = 5
list[nil] = x
for i = 1, 10, 0 do print(i, y) end
for c in pairs("text") do print(c) end
for i in 1, 10 do print(i) end
io.write(nil, {}, 5)
coroutine.resume(function() end)
coroutine.wrap(5)
print(("x"):gsub("x", true), ("x"):rep(2.5))
print(string.format("%y", 1), ("a"):find("("), ("a"):match("[a"), ("a"):gsub("%", ""))
print(table.concat({ 1, { 2 } }), table.concat({ true }))
local mixed = { 3, "a", 1 }
table.sort(mixed)
table.sort(list, function(p, q) return p.name <= q.name end)
setmetatable({}, { __index = function(t, k) return t[k] end })
setmetatable({}, { __newindex = function(t, k, v) t[k] = v end })
local half = 3.5
print(half | 1, 5 // 0, 5 % 0, tonumber("abc") * 2)
if half ~ 1 then print("other") end
local Stack = {}
Stack.__index = Stack
function Stack.new() local self = setmetatable({}, Stack) self.n = 0 end
local stack = Stack.new()
print(stack.n)
do local inner = 5 print(inner) end
print(inner)
local type = "x"
print(type(5))
local n = 5
print(n:tostring(), n:floor())

local co = coroutine.create(function() end)
print(co())
local sorted = table.sort({ 2, 1 })
print(sorted[1])
local empty = {}
empty["a"]["b"] = 1
table.insert(empty, "x", 1)
function Missing:open() end
math.randomseed(os.time)
if n then error("bad", "level") end
for i in #"text" do print(i) end
print(n() .. nil)

-- Not certain.
local object = setmetatable({}, { __add = print, __call = print, __lt = print })
print(object + 1, object(), object < object)
local other = {}
other.add = print
other:add(1)
local shared = {}
print(shared)
shared:push(1)
local sorted = { 3, "a" }
sorted[2] = 1
table.sort(sorted)
table.sort(sorted, function(p, q) return p >= 1 end)
print(("a"):find("(", 1, true), ("a"):match("[]]"), string.format("%5.1f%%", 1), 5.0 // 0)
print(5 ~ 1, n and half)

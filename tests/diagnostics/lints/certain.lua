-- Operations that always fail.
local count, name, ok, list = 3, "x", true, { 1, 2 }
print("count: " + count)
print("-" * 10, "%d" % count, name + 1)
print("10" + 1, -"2", name .. count)
print("ok: " .. ok, "list: " .. list, "none: " .. nil)
print("a" .. print .. "b")
local n = io.read()
if n > 3 then print("more") end
if n == 3 then print("equal") end
print(#count, -ok)
local nothing
print(nothing.field, count.field, ok[1])
nothing()
name()
count:upper()
print(name[1], name.length, name:uper(), name:trim())
name[1] = "y"
for i in count do print(i) end
for _, x in list do print(x) end
for i = 1, list do print(i) end
for i = 1, name do print(i) end
print(pcall(error("x")), pcall(print("x")))
print(string.format("%d %d %s %g", 1.5, "x", nil, ok))

-- Fields that a table never gets.
local items = {}
items.append("x")
print("name: " .. items.name, #items)
local player = { name = "x" }
player.position.x = 1
for _, item in ipairs(player.items) do print(item) end
if player.score > 0 then print(player.name) end
table.insert("x", items)

-- Functions that call themselves in any case, and objects without methods.
local function forever(n) return 1 + forever(n - 1) end
local Point = {}
function Point:show() print(self) end
local point = setmetatable({}, Point)
point:show()
forever(1)
local later = function(k) return k == 0 and 1 or later(k - 1) end
later(3)

-- Not certain.
local maybe
if maybe then maybe.call() end
local function decorated() end
pcall(function() return nothing.x end)
local open = { a = 1 }
decorated(open)
print(open.b .. "x")
local keyed = {}
keyed[name] = 1
print(keyed.b .. "x")
local changed = "x"
changed = changed .. 1
print(changed.y, "a" .. (changed or nil))

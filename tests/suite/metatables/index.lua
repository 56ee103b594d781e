-- __index, __newindex and raw access (manual 2.4).

--- __index as a function and as a table ---
local t = setmetatable({ own = 1 }, { __index = function(t, k) return k .. "!" end })
print(t.own, t.missing, t[1], rawget(t, "missing")) -- expect: 1 missing! 1! nil
local base = setmetatable({ a = 1 }, { __index = { b = 2 } })
local d = setmetatable({ c = 3 }, { __index = base })
print(d.a, d.b, d.c, d.d) -- expect: 1 2 3 nil

--- chains end in functions, strings, other types ---
local s = setmetatable({}, { __index = "a string" })
print(s.upper == string.upper, s.nothing) -- expect: true nil
print(pcall(function() return setmetatable({}, { __index = 5 }).x end))
-- expect: false index.lua:13: attempt to index a number value
print(pcall(function() local v = setmetatable({}, { __index = 5 }) return v.x end))
-- expect: false index.lua:15: attempt to index a number value

--- __newindex ---
local log = {}
local w = setmetatable({ old = 1 }, { __newindex = function(t, k, v) log[#log + 1] = k .. "=" .. tostring(v) end })
w.old = 2
w.new = 3
w[1] = nil
print(w.old, rawget(w, "new"), table.concat(log, " ")) -- expect: 2 nil new=3 1=nil
local store = {}
local p = setmetatable({}, { __newindex = store, __index = store })
p.x = 1
p.y = 2
print(rawget(p, "x"), store.x, p.y) -- expect: nil 1 2
w.old = nil
w.old = 5
print(rawget(w, "old"), log[#log]) -- expect: nil old=5

--- chains of __newindex ---
local last = {}
local mid = setmetatable({ kept = 0 }, { __newindex = last })
local first = setmetatable({}, { __newindex = mid })
first.kept, first.other = 1, 2
print(rawget(first, "kept"), mid.kept, last.kept, last.other) -- expect: nil 1 nil 2
local loop = setmetatable({}, {})
getmetatable(loop).__index = loop
getmetatable(loop).__newindex = loop
print(pcall(function() return loop.x end))
-- expect: false index.lua:43: '__index' chain too long; possible loop
print(pcall(function() loop.x = 1 end))
-- expect: false index.lua:45: '__newindex' chain too long; possible loop

--- raw access ---
local r = setmetatable({}, { __index = function() return "meta" end, __newindex = function() error "no" end, __len = function() return 9 end })
rawset(r, "k", "v")
print(rawget(r, "k"), rawget(r, "z"), r.z, rawlen(r), #r, rawequal(r, r))
-- expect: v nil meta 0 9 true
print(pcall(rawset, r, nil, 1)) -- expect: false table index is nil
print(pcall(rawset, r, 0/0, 1)) -- expect: false table index is NaN
print(pcall(rawget, 1, 1)) -- expect: false bad argument #1 to 'rawget' (table expected, got number)
print(pcall(rawlen, 5))
-- expect: false bad argument #1 to 'rawlen' (table or string expected, got number)

--- assigning nil to an absent key calls __newindex, reading nil calls __index ---
local n = 0
local u = setmetatable({}, { __newindex = function() n = n + 1 end, __index = function() n = n + 10 end })
u.a = nil
local _ = u.a
print(n) -- expect: 11

--- methods and inheritance ---
local Animal = {}
Animal.__index = Animal
function Animal.new(class, name) return setmetatable({ name = name }, class) end
function Animal:speak() return self.name .. " makes " .. self:sound() end
function Animal:sound() return "a sound" end
local Dog = setmetatable({}, { __index = Animal })
Dog.__index = Dog
function Dog:sound() return "woof" end
print(Animal:new("cat"):speak(), Dog:new("rex"):speak()) -- expect: cat makes a sound rex makes woof

--- defaults, read-only tables, tracking ---
local function readonly(t)
  return setmetatable({}, { __index = t, __newindex = function(_, k) error("read-only: " .. tostring(k), 2) end, __len = function() return #t end })
end
local ro = readonly { 10, 20 }
print(ro[1], #ro, pcall(function() ro[3] = 1 end)) -- expect: 10 2 false index.lua:82: read-only: 3
local auto
auto = { __index = function(t, k) local v = setmetatable({}, auto) rawset(t, k, v) return v end }
local tree = setmetatable({}, auto)
tree.a.b.c = 1
print(tree.a.b.c, (next(tree.a))) -- expect: 1 b

--- numeric keys in metamethods ---
local seen = {}
local k = setmetatable({}, { __index = function(_, key) seen[#seen + 1] = math.type(key) or type(key) return key end })
print(k[1], k[1.0], k[2^53], k[1.5], k["1"], k[true]) -- expect: 1 1.0 9.007199254741e+15 1.5 1 true
print(table.concat(seen, " ")) -- expect: integer float float float string boolean

--- the metatable may change between accesses ---
local ch = setmetatable({}, { __index = { v = "first" } })
print(ch.v) -- expect: first
getmetatable(ch).__index = { v = "second" }
print(ch.v) -- expect: second
setmetatable(ch, nil)
print(ch.v, getmetatable(ch)) -- expect: nil nil
setmetatable(ch, { __index = function() return "third" end })
print(ch.v) -- expect: third
for i = 1, 3 do
  local o = setmetatable({}, { __index = { v = i } })
  print(o.v)
  -- expect: 1
  -- expect: 2
  -- expect: 3
end

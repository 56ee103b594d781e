-- table.insert, table.remove, table.move, table.pack, table.unpack, table.concat (manual 6.6).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end
local function proxy(t, log)
  return setmetatable({}, {
    __index = function(_, k) log[#log + 1] = "get " .. tostring(k) return t[k] end,
    __newindex = function(_, k, v) log[#log + 1] = "set " .. k .. "=" .. tostring(v) t[k] = v end,
    __len = function() log[#log + 1] = "len" return #t end,
  })
end

--- insert ---
local t = {1, 2, 3}
table.insert(t, 4) table.insert(t, 1, 0) table.insert(t, 6, 5)
print(table.concat(t, " ")) -- expect: 0 1 2 3 4 5
try(table.insert) -- expect: false bad argument #1 to 'table.insert' (table expected, got no value)
try(table.insert, {}) -- expect: false wrong number of arguments to 'insert'
try(table.insert, {}, 1, 2, 3) -- expect: false wrong number of arguments to 'insert'
try(table.insert, {}, 2, 1)
-- expect: false bad argument #2 to 'table.insert' (position out of bounds)
try(table.insert, {}, 0, 1)
-- expect: false bad argument #2 to 'table.insert' (position out of bounds)
try(table.insert, {1, 2}, 4, 1)
-- expect: false bad argument #2 to 'table.insert' (position out of bounds)
try(table.insert, {1, 2}, "x", 1)
-- expect: false bad argument #2 to 'table.insert' (number expected, got string)
try(table.insert, {1, 2}, 1.5, 1)
-- expect: false bad argument #2 to 'table.insert' (number has no integer representation)
try(table.insert, nil, 1)
-- expect: false bad argument #1 to 'table.insert' (table expected, got nil)
print(select("#", table.insert({}, nil)), select("#", table.insert({}, 1, nil))) -- expect: 0 0

--- remove ---
local t = {1, 2, 3, 4}
print(table.remove(t), table.remove(t, 1), table.concat(t, " ")) -- expect: 4 1 2 3
print(table.remove({}), table.remove({}, 0), table.remove({1, 2, 3}, 4), #t)
-- expect: nil nil nil 2
print(table.remove({[0] = "zero"}, 0)) -- expect: zero
try(table.remove) -- expect: false bad argument #1 to 'table.remove' (table expected, got no value)
try(table.remove, {}, 2) -- expect: false bad argument #2 to 'table.remove' (position out of bounds)
try(table.remove, {1, 2, 3}, 5)
-- expect: false bad argument #2 to 'table.remove' (position out of bounds)
try(table.remove, {1, 2, 3}, -1)
-- expect: false bad argument #2 to 'table.remove' (position out of bounds)

--- move ---
print(table.concat(table.move({1, 2, 3}, 1, 3, 2), ",")) -- expect: 1,1,2,3
print(table.concat(table.move({1, 2, 3}, 2, 3, 1), ",")) -- expect: 2,3,3
print(table.concat(table.move({1, 2, 3}, 1, 3, 1, {}), ",")) -- expect: 1,2,3
print(#table.move({1, 2, 3}, 1, 0, 1, {})) -- expect: 0
try(table.move) -- expect: false bad argument #2 to 'table.move' (number expected, got no value)
try(table.move, {}, 1, 2, 3, 4)
-- expect: false bad argument #5 to 'table.move' (table expected, got number)
try(table.move, {}, 1, math.maxinteger, 2)
-- expect: false bad argument #4 to 'table.move' (destination wrap around)
try(table.move, {}, math.mininteger, 0, 2)
-- expect: false bad argument #3 to 'table.move' (too many elements to move)
try(table.move, {}, 1, 2, math.maxinteger)
-- expect: false bad argument #4 to 'table.move' (destination wrap around)
local t = table.move({[math.mininteger] = 1}, math.mininteger, math.mininteger, math.maxinteger)
print(t[math.maxinteger]) -- expect: 1

--- concat ---
print(table.concat({1, 2.5, "x"}, ", "), table.concat({}), table.concat({1, 2, 3}, "-", 2, 3))
-- expect: 1, 2.5, x  2-3
print(table.concat({1, 2, 3}, ",", 3, 2) == "", table.concat({[math.maxinteger] = "z"}, "x",
-- expect: true z
  math.maxinteger, math.maxinteger))
try(table.concat, {1, 2, {}})
-- expect: false invalid value (table) at index 3 in table for 'concat'
try(table.concat, {}, ",", 1, 1)
-- expect: false invalid value (nil) at index 1 in table for 'concat'
try(table.concat, {true}) -- expect: false invalid value (boolean) at index 1 in table for 'concat'
try(table.concat, {}, {})
-- expect: false bad argument #2 to 'table.concat' (string expected, got table)
try(table.concat, 1) -- expect: false bad argument #1 to 'table.concat' (table expected, got number)

--- pack and unpack ---
print(table.pack().n, table.pack(1, nil, 3).n, #table.pack(1, 2), table.unpack({1, 2, 3}))
-- expect: 0 3 2 1 2 3
print(table.unpack({1, 2, 3}, 2), table.unpack({1, 2, 3}, 2, 5)) -- expect: 2 2 3 nil nil
print(select("#", table.unpack({}, 1, 0)), select("#", table.unpack({}, 1, 100000)))
-- expect: 0 100000
print(table.unpack("abc")) -- expect: nil nil nil
print(table.unpack({}, math.maxinteger, math.maxinteger)) -- expect: nil
try(table.unpack) -- expect: false attempt to get length of a nil value
try(table.unpack, {}, "a")
-- expect: false bad argument #2 to 'table.unpack' (number expected, got string)
try(table.unpack, {}, 1, 1e7) -- expect: false too many results to unpack
try(table.unpack, {}, math.mininteger, math.maxinteger) -- expect: false too many results to unpack

--- through metamethods, step by step ---
local log = {}
local p = proxy({1, 2, 3}, log)
local function flush() print(table.concat(log, "; ")) for i = #log, 1, -1 do log[i] = nil end end
table.insert(p, 4) flush() -- expect: len; set 4=4
table.insert(p, 2, 0) flush()
-- expect: len; get 4; set 5=4; get 3; set 4=3; get 2; set 3=2; set 2=0
print(table.remove(p, 1)) flush()
-- expect: 1
-- expect: len; get 1; get 2; set 1=0; get 3; set 2=2; get 4; set 3=3; get 5; set 4=4; set 5=nil
print(table.remove(p)) flush()
-- expect: 4
-- expect: len; get 4; set 4=nil
print(table.concat(p, "-")) flush()
-- expect: 0-2-3
-- expect: len; get 1; get 2; get 3
print(table.unpack(p)) flush()
-- expect: 0 2 3
-- expect: len; get 1; get 2; get 3
table.move(p, 1, 2, 2) flush() -- expect: get 2; set 3=2; get 1; set 2=0
table.move(p, 1, 2, 2, {}) flush() -- expect: get 1; get 2
table.move({7, 8}, 1, 2, 2, p) flush() -- expect: set 2=7; set 3=8

--- lengths that are not lengths ---
local function long(n) return setmetatable({}, {__len = function() return n end}) end
try(table.insert, long("x"), 1) -- expect: false object length is not an integer
try(table.insert, long(1.5), 1) -- expect: false object length is not an integer
try(table.remove, long({})) -- expect: false object length is not an integer
try(table.insert, long(math.maxinteger), 1, 5) -- expect: true
local t = long("3") table.insert(t, "fourth") print(t[4]) -- expect: fourth
print(table.remove(long(-5)), table.concat(long(-5))) -- expect: nil

--- errors in metamethods ---
local bad = setmetatable({}, {__index = function(_, k) error("index " .. k) end,
  __newindex = function(_, k) error("newindex " .. k, 0) end, __len = function() return 2 end})
try(table.concat, bad) -- expect: false editing.lua:126: index 1
try(table.insert, bad, 1) -- expect: false newindex 3
try(table.unpack, bad) -- expect: false editing.lua:126: index 1
try(table.insert, setmetatable({}, {__len = function() error("len", 0) end}), 1)
-- expect: false len

--- equality is asked only where it matters ---
local a = setmetatable({}, {__eq = function() print("asked") return true end,
  __index = function(_, k) return k end})
local b = setmetatable({}, {__eq = error})
table.move(a, 1, 3, 2, b) print(rawlen(b), b[2], b[4])
-- expect: asked
-- expect: 4 1 3
table.move(a, 1, 3, 1, b) print(rawlen(b)) -- expect: 4

--- things that pass for tables ---
try(table.insert, io.stdout, 1)
-- expect: false bad argument #1 to 'table.insert' (table expected, got FILE*)
debug.setmetatable(1, {__index = function(_, k) return k end, __len = function() return 3 end})
print(table.concat(5, ","), table.unpack(5)) -- expect: 1,2,3 1 2 3
try(table.insert, 5, 1)
-- expect: false bad argument #1 to 'table.insert' (table expected, got number)

--- no yields ---
try(coroutine.wrap(function() -- expect: false attempt to yield across a C-call boundary
  table.insert(setmetatable({}, {__newindex = function() coroutine.yield() end}), 1)
end))

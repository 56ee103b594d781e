-- Finalizers (manual 2.5.3).

--- order is the reverse of marking ---
local log = {}
local function mark(n) return setmetatable({}, { __gc = function() log[#log + 1] = n end }) end
do local a, b, c = mark(1), mark(2), mark(3) end
collectgarbage()
print(table.concat(log, " ")) -- expect: 3 2 1

--- called once, with the object ---
local seen
local o = setmetatable({ v = 5 }, { __gc = function(o) seen = o.v end })
o = nil
collectgarbage()
print(seen) -- expect: 5
seen = nil
collectgarbage()
print(seen) -- expect: nil

--- resurrection ---
local saved
do local o = setmetatable({ v = 1 }, { __gc = function(o) saved = o end }) end
collectgarbage()
print(saved.v) -- expect: 1
local w = setmetatable({ saved }, { __mode = "v" })
saved = nil
collectgarbage()
print(w[1]) -- expect: nil
local again = 0
local function revive(o)
  again = again + 1
  if again < 3 then setmetatable(o, getmetatable(o)) end
end
do local o = setmetatable({}, { __gc = revive }) end
for _ = 1, 5 do collectgarbage() end
print(again) -- expect: 3

--- __gc must be there when the metatable is set ---
local called = false
local mt = {}
do local o = setmetatable({}, mt) end
mt.__gc = function() called = true end
collectgarbage()
print(called) -- expect: false
mt = { __gc = true }
do local o = setmetatable({}, mt) end
mt.__gc = function() called = "now" end
collectgarbage()
print(called) -- expect: now
do local o = setmetatable({}, { __gc = 5 }) end
collectgarbage()
print "no call" -- expect: no call

--- what a finalized object refers to is still there ---
local out
do
  local inner = { name = "inner" }
  local o = setmetatable({ inner = inner }, { __gc = function(o) out = o.inner.name end })
end
collectgarbage()
print(out) -- expect: inner

--- weak references to objects being finalized ---
local values = setmetatable({}, { __mode = "v" })
local keys = setmetatable({}, { __mode = "k" })
local in_values, in_keys
do
  local o = setmetatable({}, { __gc = function(o) in_values, in_keys = values[1], keys[o] end })
  values[1] = o
  keys[o] = "still there"
end
collectgarbage()
print(in_values, in_keys) -- expect: nil still there
collectgarbage()
print(next(keys)) -- expect: nil

--- cycles ---
local n = 0
do
  local a = setmetatable({}, { __gc = function() n = n + 1 end })
  local b = setmetatable({ a }, { __gc = function() n = n + 10 end })
  a.b = b
end
collectgarbage()
print(n) -- expect: 11

--- errors in finalizers do not reach the program ---
do local o = setmetatable({}, { __gc = function() error("lost") end }) end
print(pcall(collectgarbage)) -- expect: true 0

--- finalizers may allocate, collect, yield is refused ---
--! skip stress the finalizer would run before the coroutine
local made
do local o = setmetatable({}, { __gc = function() made = {} for i = 1, 100 do made[i] = { i } end collectgarbage() end }) end
collectgarbage()
print(#made, made[100][1]) -- expect: 100 100
local result
do local o = setmetatable({}, { __gc = function() result = { coroutine.isyieldable(), pcall(coroutine.yield) } end }) end
coroutine.wrap(function() collectgarbage() end)()
print(result[1], result[2], result[3])
-- expect: false false attempt to yield across a C-call boundary

--- created by the thousands ---
local left = 0
for i = 1, 3000 do
  left = left + 1
  setmetatable({}, { __gc = function() left = left - 1 end })
end
collectgarbage()
collectgarbage()
print(left) -- expect: 0

--- threads and closures ---
local done
do
  local co = coroutine.create(function()
    local guard = setmetatable({}, { __gc = function() done = "collected" end })
    coroutine.yield(guard)
  end)
  coroutine.resume(co)
end
collectgarbage()
print(done) -- expect: collected

--- hooks do not see the finalizers of the end ---
setmetatable({}, {__gc = function() string.rep("x", 2) end})
debug.sethook(function(event) print(event) end, "c")

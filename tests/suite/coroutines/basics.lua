-- Coroutines (manual 2.6, 6.2).

--- values go in and out ---
local co = coroutine.create(function(a, b)
  local c = coroutine.yield(a + b)
  local d, e = coroutine.yield(a + c)
  return d .. e, "end"
end)
print(coroutine.resume(co, 1, 2)) -- expect: true 3
print(coroutine.resume(co, 10)) -- expect: true 11
print(coroutine.resume(co, "x", "y")) -- expect: true xy end
print(coroutine.resume(co)) -- expect: false cannot resume dead coroutine
print(coroutine.status(co)) -- expect: dead

--- status ---
local outer, inner
local log = {}
local function note(co) log[#log + 1] = coroutine.status(co) end
inner = coroutine.create(function() note(outer) note(inner) coroutine.yield() end)
outer = coroutine.create(function()
  note(outer)
  note(inner)
  coroutine.resume(inner)
  note(inner)
end)
note(outer)
coroutine.resume(outer)
note(outer)
note(coroutine.running())
print(table.concat(log, " "))
-- expect: suspended running suspended normal running suspended dead running

--- wrap ---
local gen = coroutine.wrap(function(...)
  local back = coroutine.yield(select("#", ...), ...)
  return "last", back
end)
print(gen("a", nil)) -- expect: 2 a nil
print(gen("back")) -- expect: last back
print(pcall(gen)) -- expect: false cannot resume dead coroutine
local bad = coroutine.wrap(function() error("inside") end)
print(pcall(bad)) -- expect: false basics.lua:41: inside
print(select(2, pcall(coroutine.wrap(function() error({ code = 5 }) end))).code) -- expect: 5

--- errors inside ---
local co = coroutine.create(function() local x = nil; return x.y end)
print(coroutine.resume(co)) -- expect: false basics.lua:46: attempt to index a nil value (local 'x')
print(coroutine.status(co), coroutine.resume(co)) -- expect: dead false cannot resume dead coroutine
co = coroutine.create(function() error("msg", 0) end)
print(coroutine.resume(co)) -- expect: false msg
print(coroutine.resume(coroutine.create(function() error() end))) -- expect: false nil

--- running and isyieldable ---
local main, is_main = coroutine.running()
print(type(main), is_main, coroutine.isyieldable()) -- expect: thread true false
coroutine.wrap(function()
  local c, m = coroutine.running()
  print(c == main, m, coroutine.isyieldable(), coroutine.isyieldable(main), coroutine.isyieldable(c))
  -- expect: false false true false true
end)()
print(pcall(coroutine.yield, 1)) -- expect: false attempt to yield from outside a coroutine
print(coroutine.isyieldable(coroutine.create(print))) -- expect: true

--- bad arguments ---
print(pcall(coroutine.create))
-- expect: false bad argument #1 to 'coroutine.create' (function expected, got no value)
print(pcall(coroutine.create, 1))
-- expect: false bad argument #1 to 'coroutine.create' (function expected, got number)
print(pcall(coroutine.resume, 1))
-- expect: false bad argument #1 to 'coroutine.resume' (thread expected, got number)
print(pcall(coroutine.status, {}))
-- expect: false bad argument #1 to 'coroutine.status' (thread expected, got table)
print(pcall(coroutine.wrap, nil))
-- expect: false bad argument #1 to 'coroutine.wrap' (function expected, got nil)
print(coroutine.resume(coroutine.running())) -- expect: false cannot resume non-suspended coroutine
print(pcall(coroutine.close, 5))
-- expect: false bad argument #1 to 'coroutine.close' (thread expected, got number)
local self
self = coroutine.wrap(function() return self() end)
print(pcall(self)) -- expect: false basics.lua:79: cannot resume non-suspended coroutine
local c2
c2 = coroutine.create(function() return coroutine.resume(c2) end)
print(coroutine.resume(c2)) -- expect: true false cannot resume non-suspended coroutine

--- close ---
local co = coroutine.create(function() coroutine.yield() end)
print(coroutine.close(co), coroutine.status(co)) -- expect: true dead
co = coroutine.create(function() coroutine.yield() end)
coroutine.resume(co)
print(coroutine.close(co), coroutine.status(co), coroutine.close(co)) -- expect: true dead true
co = coroutine.create(function() error("e", 0) end)
coroutine.resume(co)
print(coroutine.close(co)) -- expect: false e
print(coroutine.close(co)) -- expect: true
print(pcall(coroutine.close, coroutine.running())) -- expect: false cannot close a running coroutine
local c
c = coroutine.create(function()
  print(pcall(coroutine.close, c)) -- expect: false cannot close a running coroutine
  coroutine.wrap(function() print(pcall(coroutine.close, c)) end)()
  -- expect: false cannot close a normal coroutine
end)
coroutine.resume(c)

--- generators ---
local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
local sum = 0
for i in range(100) do sum = sum + i end
print(sum) -- expect: 5050
local function tree(t) if t then tree(t[1]) coroutine.yield(t.v) tree(t[2]) end end
local out = {}
for v in coroutine.wrap(function() tree { { v = 1 }, { { v = 3 }, v = 4 }, v = 2 } end) do out[#out + 1] = v end
print(table.concat(out, " ")) -- expect: 1 2 3 4
local function primes()
  return coroutine.wrap(function()
    local function filter(p, g) return coroutine.wrap(function() for n in g do if n % p ~= 0 then coroutine.yield(n) end end end) end
    local g = coroutine.wrap(function() local n = 2 while true do coroutine.yield(n) n = n + 1 end end)
    while true do
      local p = g()
      coroutine.yield(p)
      g = filter(p, g)
    end
  end)
end
out = {}
local nextp = primes()
for i = 1, 10 do out[i] = nextp() end
print(table.concat(out, " ")) -- expect: 2 3 5 7 11 13 17 19 23 29

--- yields in nested calls, loops and conditions ---
local co = coroutine.wrap(function()
  local function deep(n) if n == 0 then return coroutine.yield("deep") end return (deep(n - 1)) end
  local t = { deep(50), deep(3) }
  if coroutine.yield("cond") then t[3] = "then" else t[3] = "else" end
  for i = coroutine.yield("from"), coroutine.yield("to"), coroutine.yield("step") do t[#t + 1] = i end
  local s = coroutine.yield("l") .. coroutine.yield("r")
  return table.concat(t, ",") .. s
end)
print(co(), co("a"), co("b"), co(false), co(1), co(6), co(2), co("L"), co("R"))
-- expect: deep deep cond from to step l r a,b,else,1,3,5LR

--- many coroutines ---
local list = {}
for i = 1, 500 do
  list[i] = coroutine.wrap(function() local s = 0 while true do s = s + (coroutine.yield(s) or 1) end end)
  list[i]()
end
local total = 0
for r = 1, 3 do for i = 1, #list do total = total + list[i](i) end end
print(total) -- expect: 751500

--- deep nesting of coroutines is limited ---
local function nest(n)
  return coroutine.wrap(function() if n == 0 then return "bottom" end return nest(n - 1) end)()
end
print(nest(100)) -- expect: bottom
local function endless() return coroutine.wrap(endless)() end
local ok, e = pcall(endless)
print(ok, (tostring(e):match("C stack overflow"))) -- expect: false C stack overflow

--- moving values of every type through ---
local co = coroutine.wrap(function(...)
  local args = table.pack(...)
  while true do args = table.pack(coroutine.yield(table.unpack(args, 1, args.n))) end
end)
print(co(1, nil, 2.5, "s", nil)) -- expect: 1 nil 2.5 s nil
print(select("#", co()), select("#", co(nil)), select("#", co(nil, nil))) -- expect: 0 1 2
local big = {}
for i = 1, 1000 do big[i] = i end
print(select("#", co(table.unpack(big))), (select(1000, co(table.unpack(big)))))
-- expect: 1000 1000

--- a chain of coroutines ends at the limit of C calls ---
-- One more may be resumed than started: the first call of a new one counts as one.
local function source() while true do coroutine.yield(1) end end
local co = coroutine.create(source)
local n = 0
while true do
  local ok, e = coroutine.resume(co)
  if not ok or e ~= 1 then print(n, ok, e) break end -- expect: 198 true C stack overflow
  n = n + 1
  local inner = co
  co = coroutine.create(function()
    while true do
      local ok, x = coroutine.resume(inner)
      coroutine.yield(x)
    end
  end)
end
local depth = 0
local function deeper()
  depth = depth + 1
  local co = coroutine.create(deeper)
  local ok, e = coroutine.resume(co)
  if not ok then print(depth, e, coroutine.status(co)) end -- expect: 198 C stack overflow dead
end
deeper()

--- the stack of one that failed in an instruction outlives collections ---
-- (The frame at fault was above the top that the collector knew: it cleared the frame.)
local co = coroutine.create(function()
  local t = { "kept" }
  local function inner(...)
    local u = { "kept, too" }
    return u.v.w
  end
  inner(1)
end)
print(coroutine.resume(co)) -- expect: false basics.lua:204: attempt to index a nil value (field 'v')
collectgarbage()
collectgarbage()
for i = 1, 100 do local _ = { i } end
print(select(2, debug.getlocal(co, 0, 1))[1]) -- expect: kept, too
print(select(2, debug.getlocal(co, 1, 1))[1]) -- expect: kept
print(select(2, debug.traceback(co):gsub("\n", ""))) -- expect: 2

-- collectgarbage (manual 6.1).

--- options and what they return ---
print(collectgarbage(), collectgarbage("collect")) -- expect: 0 0
print(type(collectgarbage("count")), math.type(collectgarbage("count"))) -- expect: number float
print(collectgarbage("isrunning")) -- expect: true
print(collectgarbage("stop"), collectgarbage("isrunning")) -- expect: 0 false
print(collectgarbage("restart"), collectgarbage("isrunning")) -- expect: 0 true
print(type(collectgarbage("step")), type(collectgarbage("step", 100))) -- expect: boolean boolean
print(pcall(collectgarbage, "wrong"))
-- expect: false bad argument #1 to 'collectgarbage' (invalid option 'wrong')
print(pcall(collectgarbage, {}))
-- expect: false bad argument #1 to 'collectgarbage' (string expected, got table)

--- modes ---
local first = collectgarbage("incremental")
print(first == "generational" or first == "incremental") -- expect: true
print(collectgarbage("generational"), collectgarbage("generational", 20, 100))
-- expect: incremental generational
print(collectgarbage("incremental"), collectgarbage("incremental", 200, 100, 10))
-- expect: generational incremental
local p = collectgarbage("setpause", 150)
print(collectgarbage("setpause", p)) -- expect: 148
local s = collectgarbage("setstepmul", 300)
print(collectgarbage("setstepmul", s)) -- expect: 300

--- memory that is dropped comes back ---
collectgarbage()
local before = collectgarbage("count")
do
  local t = {}
  for i = 1, 5000 do t[i] = { i, tostring(i) } end
  print(collectgarbage("count") > before + 100) -- expect: true
end
collectgarbage()
collectgarbage()
print(collectgarbage("count") < before + 50) -- expect: true

--- a stopped collector does not collect, a started one does by itself ---
--! skip stress it collects all the time
local w = setmetatable({}, { __mode = "v" })
collectgarbage("stop")
w[1] = {}
for i = 1, 2000 do local _ = { i } end
print(w[1] ~= nil) -- expect: true
collectgarbage("restart")
for i = 1, 200000 do local _ = { i } end
print(w[1]) -- expect: nil

--- steps finish a cycle ---
collectgarbage("incremental")
local w = setmetatable({ {} }, { __mode = "v" })
local n = 0
repeat n = n + 1 until collectgarbage("step", 0) or n > 100000
repeat n = n + 1 until collectgarbage("step", 0) or n > 100000
print(n < 100000, w[1]) -- expect: true nil
collectgarbage("generational")

--- long strings and tables are freed ---
--! stress 20
collectgarbage()
local before = collectgarbage("count")
for i = 1, 100 do
  local s = ("x"):rep(100000)
  local t = {}
  for j = 1, 100 do t[j] = s end
end
collectgarbage()
print(collectgarbage("count") < before + 100) -- expect: true

--- from inside coroutines, metamethods and iterators ---
local t = setmetatable({}, { __index = function(_, k) collectgarbage() return { k } end })
print(t.x[1], t[1][1]) -- expect: x 1
for k, v in (function() return coroutine.wrap(function() for i = 1, 3 do collectgarbage() coroutine.yield(i, { i }) end end) end)() do
  print(k, v[1])
  -- expect: 1 1
  -- expect: 2 2
  -- expect: 3 3
end
local sorted = {}
for i = 1, 20 do sorted[i] = { v = (i * 7) % 20 } end
table.sort(sorted, function(a, b) collectgarbage("step") return a.v < b.v end)
print(sorted[1].v, sorted[20].v) -- expect: 0 19
print((("abc"):gsub(".", function(c) collectgarbage() return c .. c end))) -- expect: aabbcc

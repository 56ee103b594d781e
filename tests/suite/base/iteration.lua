-- next, pairs, ipairs (manual 6.1).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end

--- next ---
print(next({}), next({10}), next({10}, 1)) -- expect: nil 1 nil
try(next, {}, "x") -- expect: false invalid key to 'next'
try(next, 5) -- expect: false bad argument #1 to 'next' (table expected, got number)
print(rawequal(pairs({}), next)) -- expect: true

--- ipairs stops at the first nil and respects __index ---
local t = setmetatable({1, 2}, {__index = function(_, k) if k < 6 then return k * 10 end end})
for i, v in ipairs(t) do print(i, v) end
-- expect: 1 1
-- expect: 2 2
-- expect: 3 30
-- expect: 4 40
-- expect: 5 50
for i, v in ipairs(setmetatable({}, {__index = {5, 6, nil, 8}})) do print(i, v) end
-- expect: 1 5
-- expect: 2 6
try(ipairs) -- expect: false bad argument #1 to 'ipairs' (value expected)
try(function() for i in ipairs(nil) do end end) -- expect: false attempt to index a nil value
try(function() for i in ipairs(5) do end end) -- expect: false attempt to index a number value
print(rawequal(ipairs({}), (ipairs({})))) -- expect: true

--- ipairs with other uses of its iterator ---
local step, s, i = ipairs({7, 8})
print(step(s, i), step(s, 1), step(s, 2)) -- expect: 1 2 nil
print(step({[math.mininteger] = "least"}, math.maxinteger)) -- expect: -9223372036854775808 least
try(step, {}, "x") -- expect: false bad argument #2 to '?' (number expected, got string)
try(step) -- expect: false bad argument #2 to '?' (number expected, got no value)

--- __pairs ---
local p = setmetatable({}, {__pairs = function(t)
  return function(_, k) if not k then return 1, 2 end end, t, nil, "not returned"
end})
for k, v in pairs(p) do print(k, v) end -- expect: 1 2
print(select("#", pairs(p))) -- expect: 3
print(pairs(setmetatable({}, {__pairs = function() return 1 end}))) -- expect: 1 nil nil
print(pairs(setmetatable({}, {__pairs = function() return 1, 2, 3, 4, 5 end}))) -- expect: 1 2 3
try(pairs) -- expect: false bad argument #1 to 'pairs' (value expected)
try(function() for k in pairs(nil) do end end)
-- expect: false iteration.lua:44: bad argument #1 to 'for iterator' (table expected, got nil)

--- assigning to existing fields while traversing ---
local t, n = {}, 0
for k = 1, 100 do t[k] = k t["k" .. k] = k end
for k in pairs(t) do t[k] = nil n = n + 1 end
print(n, next(t)) -- expect: 200 nil

--- yields ---
local co = coroutine.wrap(function()
  return pcall(pairs, setmetatable({}, {__pairs = function() return coroutine.yield("y"), 2, 3 end}))
end)
print(co()) -- expect: y
print(co(1)) -- expect: true 1 2 3
local co = coroutine.wrap(function()
  for i, v in ipairs(setmetatable({}, {__index = function(t, k)
    if k < 3 then return coroutine.yield(k) end end})) do print(i, v) end
  return "end"
end)
try(co) -- expect: false attempt to yield across a C-call boundary

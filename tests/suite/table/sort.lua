-- table.sort (manual 6.6).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end
local function numbers(n, seed, limit)
  local t = {}
  for i = 1, n do
    seed = (seed * 1103515245 + 12345) % 2147483648
    t[i] = seed % limit
  end
  return t
end
local function digest(t)
  local h = 0
  for _, v in ipairs(t) do h = (h * 31 + v) % 1000000007 end
  return h
end

--- numbers and strings ---
local t = {3, 1.5, -2, 10, 2.25, 0}
table.sort(t)
print(table.concat(t, " ")) -- expect: -2 0 1.5 2.25 3 10
local t = {"b", "", "a", "B", "ab", "a\0b", "10", "9"}
table.sort(t)
print(#t, (table.concat(t, " "):gsub("\0", "0"))) -- expect: 8  10 9 B a a0b ab b
local t = {1.0, 1, 2, 2.0, 1, 1.0}
table.sort(t)
print(table.concat(t, " ")) -- expect: 1.0 1 1.0 1 2.0 2

--- sizes around PUC's limits, comparison for comparison ---
for _, n in ipairs {2, 3, 4, 5, 10, 50, 99, 100, 101, 150, 500} do
  local t, calls, seen = numbers(n, n, 10), 0, 0
  table.sort(t, function(a, b)
    calls, seen = calls + 1, (seen * 31 + a * 7 + b) % 1000000007
    return a > b
  end)
  print(n, calls, seen, digest(t))
-- expect: 2 1 21 219
-- expect: 3 3 15670 1985
-- expect: 4 7 294300458 275870
-- expect: 5 10 895945607 6679074
-- expect: 10 30 311006116 605056526
-- expect: 50 261 849195001 277863408
-- expect: 99 636 412763409 983272418
-- expect: 100 640 320994512 659956885
-- expect: 101 641 192742994 690282567
-- expect: 150 1041 812734574 391027836
-- expect: 500 4754 358636631 274906105
end

--- equal elements of different types keep PUC's order ---
for _, n in ipairs {5, 20, 60} do
  local t = {}
  for i, v in ipairs(numbers(n, n + 1, 4)) do t[i] = i % 2 == 0 and v or v + 0.0 end
  table.sort(t)
  print(table.concat(t, " "))
-- expect: 0 1.0 2 3.0 3.0
-- expect: 0.0 0.0 0.0 0.0 0.0 1 1 1 1 1 2.0 2.0 2.0 2.0 2.0 3 3 3 3 3
-- expect: 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2.0 2.0 2.0 2.0 2.0 2.0 2.0 2.0 2.0 2.0 2.0 2.0 2.0 2.0 2.0 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3
end

--- objects with __lt ---
local t = {}
for i, v in ipairs(numbers(12, 5, 100)) do
  t[i] = setmetatable({v = v}, {__lt = function(a, b) return a.v < b.v end})
end
table.sort(t)
for i, o in ipairs(t) do t[i] = o.v end
print(table.concat(t, " ")) -- expect: 20 25 43 47 53 57 58 68 74 76 79 86

--- invalid orders ---
try(table.sort, {1, 2, 3, 4, 5}, function() return true end)
-- expect: false invalid order function for sorting
try(table.sort, {3, 1, 2, 4}, function() return false end) -- expect: true
local nan = 0/0
try(table.sort, {1, nan, 2, nan, 5, 3, nan, 1, 2, nan}) -- expect: true

--- what cannot be compared ---
try(table.sort, {3, "x"}) -- expect: false attempt to compare string with number
try(table.sort, {{}, {}}) -- expect: false attempt to compare two table values
try(table.sort, {true, false}) -- expect: false attempt to compare two boolean values
try(table.sort, {setmetatable({}, {__name = "My"}), 1})
-- expect: false attempt to compare number with My
try(table.sort, {1, nil, 3}) -- expect: false attempt to compare nil with number

--- arguments ---
try(table.sort) -- expect: false bad argument #1 to 'table.sort' (table expected, got no value)
try(table.sort, 5) -- expect: false bad argument #1 to 'table.sort' (table expected, got number)
try(table.sort, {1, 2, 3}, 5)
-- expect: false bad argument #2 to 'table.sort' (function expected, got number)
try(table.sort, {1}, 5) -- expect: true
try(table.sort, {2, 1}, nil) -- expect: true
try(table.sort, setmetatable({}, {__len = function() return math.maxinteger end}))
-- expect: false bad argument #1 to 'table.sort' (array too big)
try(table.sort, setmetatable({}, {__len = function() return -5 end})) -- expect: true

--- errors and yields in the order function ---
try(table.sort, {3, 1, 2}, function() error("compared", 0) end) -- expect: false compared
try(coroutine.wrap(function() -- expect: false attempt to yield across a C-call boundary
  table.sort({3, 2, 1}, function(a, b) coroutine.yield() return a < b end)
end))

--- through metamethods ---
local log, t = {}, {3, 1, 2, 5, 4}
local p = setmetatable({}, {
  __index = function(_, k) log[#log + 1] = "get " .. k return t[k] end,
  __newindex = function(_, k, v) log[#log + 1] = "set " .. k .. "=" .. v t[k] = v end,
  __len = function() return #t end,
})
table.sort(p)
print(table.concat(t, " ")) -- expect: 1 2 3 4 5
print(table.concat(log, "; "))
-- expect: get 1; get 5; get 3; get 1; set 3=3; set 1=2; get 3; get 4; set 3=5; set 4=3; get 2; get 3; get 3; get 2; set 4=5; set 3=3; get 4; get 5; set 4=4; set 5=5; get 1; get 2; set 1=1; set 2=2

--- the list may change meanwhile ---
local t = {5, 4, 3, 2, 1}
table.sort(t, function(a, b) t[1] = 9 return a < b end)
print(t[1] ~= nil, #t) -- expect: true 5

--- large lists of every kind, joined and unpacked ---
local function random(seed)
  return function()
    seed = seed * 16807 % 2147483647
    return seed
  end
end
local next_number = random(7)
local makers = {
  function() return next_number() end,
  function() return next_number() % 5 end,
  function() return 7 end,
  function(i) return i end,
  function(i) return -i end,
  function() return (next_number() - 1000000000) / 3 end,
  function() return "k" .. next_number() % 500 end,
  function(i) return ("x"):rep(i % 60) .. next_number() end,
  function(i) return i % 3 == 0 and next_number() or next_number() / 7 end,
}
for kind, make in ipairs(makers) do
  for _, n in ipairs{511, 513, 6000} do
    local t, count = {}, {}
    for i = 1, n do
      local v = make(i)
      t[i] = v
      count[v] = (count[v] or 0) + 1
    end
    table.sort(t)
    for i = 1, n do
      count[t[i]] = count[t[i]] - 1
      if i > 1 and t[i] < t[i - 1] then print("wrong order", kind, n, i) end
    end
    for v, left in pairs(count) do
      if left ~= 0 then print("lost", kind, n, v) end
    end
  end
end
local t = {}
for i = 1, 10000 do t[i] = i end
print(#table.concat(t), #table.concat(t, ", "), #table.concat(t, ",", 9000))
print(select("#", table.unpack(t)), (select(9999, table.unpack(t))))
t[9000] = {}
print(pcall(table.concat, t))
-- expect: 38894 58892 5005
-- expect: 10000 9999
-- expect: false invalid value (table) at index 9000 in table for 'concat'

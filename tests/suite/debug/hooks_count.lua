-- The count hook counts the same instructions whatever the count is and whatever else is hooked.
--! skip oracle PUC Lua counts from the call of `debug.sethook` or behind it, and differs by one
local mt = {
  __index = function (_, key) return key end, __add = function () return 1 end,
  __eq = function () return true end, __lt = function () return false end,
  __concat = function () return "x" end, __call = function (_, a) return a end,
  __close = function () local x = 1 end, __newindex = function () end,
}
local function work (n)
  local s = 0
  for i = 1, n do s = s + i end
  for _, v in pairs{1, 2, 3, x = 1, y = 2} do s = s + v end
  for _, v in ipairs{1, 2, 3} do s = s + v end
  for c in ("abc"):gmatch(".") do s = s + #c end
  for a in (function (_, c) c = (c or 0) + 1 if c < 4 then return c end end) do s = s + a end
  local function va (...) local a, b = ... return select("#", ...), a, b end
  va(1, 2, 3) va()
  local o = setmetatable({}, mt)
  local _ = o.foo, o + 1, o == setmetatable({}, mt), o < o, o .. "y", o(7)
  o.bar = 1
  do local c <close> = o; s = s + 1 end
  local function closes () local c <close> = o; return 1, 2 end
  closes()
  local function tail (k) if k == 0 then return 0 end return tail(k - 1) end
  tail(5)
  pcall(error, "x") pcall(function () local c <close> = o error("y") end)
  pcall(function () for _ in 1 do end end)
  local co = coroutine.wrap(function (a) for i = 1, 3 do a = coroutine.yield(a + i) end return a end)
  co(1) co(2) co(3)
  table.sort({3, 2, 1, 5, 4}, function (a, b) return a < b end)
  string.gsub("hello", "l", function () return "L" end)
  while s > 0 do s = s - 10 end
  return s
end
-- the lines of the count events while `work` runs
local function events (mask, count)
  local lines = {}
  debug.sethook(function (event)
    if event == "count" then lines[#lines + 1] = debug.getinfo(2, "l").currentline end
  end, mask, count)
  work(40)
  debug.sethook()
  return lines
end

--- every n-th of all instructions ---
local all = events("", 1)
for _, count in ipairs{2, 3, 5, 7, 10, 13, 50, 100} do
  local some = events("", count)
  assert(#some == #all // count, #some .. " of " .. #all .. " for " .. count)
  for i, line in ipairs(some) do
    assert(line == all[i * count], "event " .. i .. " of " .. count)
  end
end
print(#all > 500) -- expect: true

--- whatever else is hooked ---
for _, mask in ipairs{"c", "r", "l", "cr", "crl"} do
  for _, count in ipairs{1, 2, 3, 7, 50} do
    assert(table.concat(events(mask, count), " ") == table.concat(events("", count), " "), mask .. count)
  end
end
print "same" -- expect: same

--- changed by itself: the next event is so many instructions later ---
local all = events("", 1)
local function distances (first, mask, count)
  local n, at = 0, {}
  debug.sethook(function (event)
    if event == "count" then
      at[#at + 1] = debug.getinfo(2, "l").currentline
      n = n + 1
      if n == 1 then debug.sethook(debug.gethook(), mask, count) end
    end
  end, mask, first)
  work(40)
  debug.sethook()
  return at
end
for _, mask in ipairs{"", "l", "cr"} do
  local at = distances(10, mask, 4)
  for i = 1, 140 do assert(at[i] == all[10 + (i - 1) * 4], mask .. i) end
end
print "later" -- expect: later

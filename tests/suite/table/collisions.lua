-- Keys that have one place in the hash part of a table.

--- keys that meet by chance are found as fast as others ---
-- The multiples of 255 all had one place in a table of 256 nodes, those of 4095 in one of 4096.
for _, step in ipairs { 255, 1023, 4095, -65535, 255.5 } do
  local t = {}
  for i = 1, 4000 do t[i * step] = i end
  local right, count = true, 0
  for i = 1, 4000 do right = right and t[i * step] == i and t[i * step + 1] == nil end
  for k, v in pairs(t) do count = count + 1 right = right and k == v * step end
  for i = 1, 4000, 2 do t[i * step] = nil end
  for i = 1, 4000 do right = right and t[i * step] == (i % 2 == 0 and i or nil) end
  for i = 4001, 9000 do t[i * step] = i end
  for i = 4001, 9000 do right = right and t[i * step] == i end
  print(step, right, count)
end
-- expect: 255 true 4000
-- expect: 1023 true 4000
-- expect: 4095 true 4000
-- expect: -65535 true 4000
-- expect: 255.5 true 4000

--- tables whose keys were spread shrink, empty and fill again ---
local t = {}
for round = 1, 3 do
  for h = 0, 4095 do t[(4095 - h) | h << 12] = h end
  t.name, t[1.5], t[print] = round, "half", "print"
  local n = 0
  for h = 0, 4095 do
    local key = (4095 - h) | h << 12
    if t[key] == h then n, t[key] = n + 1, nil end
  end
  print(n, t.name, t[1.5], t[print])
  t.name, t[1.5], t[print] = nil, nil, nil
  print(next(t))
  for i = 1, 100 do t[i] = i end
  print(#t, t[50])
  for i = 1, 100 do t[i] = nil end
end
-- expect: 4096 1 half print
-- expect: nil
-- expect: 100 50
-- expect: 4096 2 half print
-- expect: nil
-- expect: 100 50
-- expect: 4096 3 half print
-- expect: nil
-- expect: 100 50

--- keys made to meet are refused after some dozens ---
--! skip oracle PUC Lua looks through all of them
-- Lookups would take longer than their fuel is worth. The numbers are what the hash makes of x << 32.
local function inverse(m) local x = m for _ = 1, 6 do x = x * (2 - m * x) end return x end
local M, N = inverse(0xBF58476D1CE4E5B9), inverse(0x94D049BB133111EB)
local function meets(x)
  local w = x << 32
  w = w ~ w >> 31 ~ w >> 62
  w = w * N
  w = w ~ w >> 27 ~ w >> 54
  w = w * M
  return w ~ w >> 30 ~ w >> 60
end
local t = {}
for h = 0, 40 do t[(63 - h) | h << 6] = h end
local ok, e
for x = 1, 1000 do
  ok, e = pcall(function() t[meets(x)] = x end)
  if not ok then
    print(x > 60 and x < 100, e:match("table overflow"), t[meets(x)], t[meets(x - 1)] == x - 1)
    break
  end
end
-- expect: true table overflow nil true

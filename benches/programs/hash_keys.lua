-- Keys of every kind but fields: queues, sparse and negative integers, grids, floats, objects,
-- strings made on the fly, sets that slide along.

local function queue(n)
  local q, first, last, sum = {}, 1, 0, 0
  for i = 1, n do
    last = last + 1
    q[last] = i
    if last - first > 100 then
      sum = sum + q[first]
      q[first] = nil
      first = first + 1
    end
  end
  return sum
end

local function sparse(n, step)
  local t, sum = {}, 0
  for i = 1, n do t[i * step] = i end
  for _ = 1, 3 do
    for i = 1, n do sum = sum + t[i * step] end
  end
  return sum
end

local function grid(side)
  local t, sum = {}, 0
  for y = 1, side do
    for x = 1, side do t[y * 1024 + x] = x end
  end
  for _ = 1, 3 do
    for y = 2, side - 1 do
      for x = 2, side - 1 do
        sum = sum + t[y * 1024 + x - 1] + t[y * 1024 + x + 1]
        sum = sum + t[(y - 1) * 1024 + x] - t[(y + 1) * 1024 + x]
      end
    end
  end
  return sum
end

local function objects(n)
  local keys, t, sum = {}, {}, 0
  for i = 1, n do keys[i] = {} end
  for i = 1, n do t[keys[i]] = i end
  for _ = 1, 5 do
    for i = 1, n do sum = sum + t[keys[i]] end
  end
  return sum
end

local function strings(n)
  local t, sum = {}, 0
  for round = 1, 4 do
    for i = 1, n do
      local key = "item" .. i
      t[key] = (t[key] or 0) + round
    end
  end
  for _, v in pairs(t) do sum = sum + v end
  return sum
end

local function sliding(n)
  local t, count = {}, 0
  for i = 1, n do
    t[i] = true
    t[i - 100] = nil
  end
  for _ in pairs(t) do count = count + 1 end
  return count
end

print(string.format("%d", queue(600000)))
print(string.format("%d", sparse(100000, 1000)))
print(string.format("%d", sparse(100000, -1)))
print(string.format("%d", sparse(50000, 0.5)))
print(string.format("%d", grid(250)))
print(string.format("%d", objects(40000)))
print(string.format("%d", strings(40000)))
print(string.format("%d", sliding(600000)))

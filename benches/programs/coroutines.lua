-- Switching between coroutines: generators, pipelines, a permutation generator, many at once.
local wrap, yield, create, resume =
  coroutine.wrap, coroutine.yield, coroutine.create, coroutine.resume

local function range(n)
  return wrap(function()
    for i = 1, n do yield(i) end
  end)
end
local function filter(source, keep)
  return wrap(function()
    for x in source do
      if keep(x) then yield(x) end
    end
  end)
end
local total = 0
for x in filter(filter(range(900000), function(x) return x % 2 == 0 end), function(x)
  return x % 3 ~= 0
end) do
  total = (total + x) % 1000000007
end

local function permute(list, n)
  if n <= 1 then
    yield(list)
  else
    for i = 1, n do
      list[i], list[n] = list[n], list[i]
      permute(list, n - 1)
      list[i], list[n] = list[n], list[i]
    end
  end
end
local count = 0
for p in wrap(function() permute({1, 2, 3, 4, 5, 6, 7, 8}, 8) end) do
  count = count + p[1] * p[8]
end

local ping = create(function(x)
  while true do x = yield(x + 1) end
end)
local value = 0
for _ = 1, 1200000 do
  local _, next_value = resume(ping, value)
  value = next_value
end

local born = 0
for i = 1, 150000 do
  local co = create(function(a, b)
    local c = yield(a + b)
    return c * 2
  end)
  local _, s = resume(co, i, 1)
  local _, d = resume(co, s)
  born = (born + d) % 1000000007
end
print(string.format("checksum %d %d %d %d", total, count, value, born))

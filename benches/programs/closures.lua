-- Making and calling closures: counters, composition, folds, shared upvalues.
local function counter()
  local n = 0
  return function(step)
    n = n + step
    return n
  end
end
local function compose(f, g)
  return function(x) return f(g(x)) end
end
local function map(list, f)
  local out = {}
  for i = 1, #list do out[i] = f(list[i]) end
  return out
end
local function fold(list, f, acc)
  for i = 1, #list do acc = f(acc, list[i]) end
  return acc
end

local sum = 0
for i = 1, 2400000 do
  local c = counter()
  c(i)
  sum = (sum + c(1)) % 1000000007
end

local list = {}
for i = 1, 1000 do list[i] = i end
for k = 1, 1500 do
  local add = function(x) return x + k end
  local both = compose(add, function(x) return x * 2 % 1009 end)
  sum = fold(map(list, both), function(a, b) return (a + b) % 1000000007 end, sum)
end

local getters, setters = {}, {}
for i = 1, 1000 do
  local v = i
  getters[i] = function() return v end
  setters[i] = function(x) v = x end
end
for round = 1, 1500 do
  for i = 1, 1000, 3 do
    setters[i](getters[i]() + round)
    sum = (sum + getters[i]()) % 1000000007
  end
end
print(string.format("checksum %d", sum))

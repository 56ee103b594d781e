-- table.sort without a comparator, on numbers and on strings.
local seed = 7
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n
end
local total = 0
for _ = 1, 8 do
  local numbers = {}
  for i = 1, 100000 do numbers[i] = random(1000000) end
  table.sort(numbers)
  for i = 1, #numbers, 1000 do total = (total + numbers[i] * i) % 1000000007 end
  for i = 2, #numbers do assert(numbers[i - 1] <= numbers[i]) end
end
local keys = {}
for i = 1, 60000 do keys[i] = string.format("key%06d", random(1000000)) end
table.sort(keys)
for i = 1, #keys, 600 do total = (total + tonumber(keys[i]:sub(4)) * i) % 1000000007 end
print(string.format("checksum %d", total))

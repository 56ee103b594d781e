-- Counting substrings in a hash table: a generated DNA string.
local seed = 42
local function random(max)
  seed = (seed * 3877 + 29573) % 139968
  return max * seed / 139968
end
local letters = {"a", "c", "g", "t"}
local parts = {}
for i = 1, 240000 do parts[i] = letters[math.floor(random(4)) + 1] end
local dna = table.concat(parts)

local function count(k)
  local seen, kinds = {}, 0
  for i = 1, #dna - k + 1 do
    local s = dna:sub(i, i + k - 1)
    local n = seen[s]
    if n then
      seen[s] = n + 1
    else
      seen[s] = 1
      kinds = kinds + 1
    end
  end
  return seen, kinds
end

for k = 1, 2 do
  local seen = count(k)
  local names = {}
  for s in pairs(seen) do names[#names + 1] = s end
  table.sort(names, function(a, b)
    if seen[a] ~= seen[b] then return seen[a] > seen[b] end
    return a < b
  end)
  for i = 1, math.min(4, #names) do
    print(string.format("%s %.3f", names[i], seen[names[i]] * 100 / (#dna - k + 1)))
  end
end
for _, k in ipairs({3, 4, 6, 8, 12}) do
  local seen, kinds = count(k)
  print(string.format("%d-mers: %d kinds, %d of the first", k, kinds, seen[dna:sub(1, k)]))
end

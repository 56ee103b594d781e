-- table.sort with a comparator written in the language, and a hand-written quicksort.
local seed = 11
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n
end
local function records(n)
  local list = {}
  for i = 1, n do list[i] = {key = random(5000), serial = i} end
  return list
end
local function before(a, b)
  if a.key ~= b.key then return a.key > b.key end
  return a.serial < b.serial
end

local function quicksort(list, lo, hi, less)
  while lo < hi do
    local pivot = list[(lo + hi - (lo + hi) % 2) / 2]
    local i, j = lo, hi
    while i <= j do
      while less(list[i], pivot) do i = i + 1 end
      while less(pivot, list[j]) do j = j - 1 end
      if i <= j then
        list[i], list[j] = list[j], list[i]
        i, j = i + 1, j - 1
      end
    end
    if j - lo < hi - i then
      quicksort(list, lo, j, less)
      lo = i
    else
      quicksort(list, i, hi, less)
      hi = j
    end
  end
end

local total = 0
local function check(list)
  for i = 2, #list do assert(before(list[i - 1], list[i])) end
  for i = 1, #list, 100 do total = (total + list[i].key * i + list[i].serial) % 1000000007 end
end
for _ = 1, 2 do
  local list = records(50000)
  table.sort(list, before)
  check(list)
  list = records(50000)
  quicksort(list, 1, #list, before)
  check(list)
end
print(string.format("checksum %d", total))

-- Writing and reading a large array.
local function sieve(n)
  local composite = {}
  for i = 1, n do composite[i] = false end
  local count, last = 0, 0
  for i = 2, n do
    if not composite[i] then
      count, last = count + 1, i
      for j = i + i, n, i do composite[j] = true end
    end
  end
  return count, last
end
local count, last
for _ = 1, 6 do count, last = sieve(1500000) end
print(string.format("%d primes, the last is %d", count, last))

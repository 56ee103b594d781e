-- Permutations in small integer arrays: pancake flips.
local function fannkuch(n)
  local perm, work, count = {}, {}, {}
  for i = 1, n do perm[i], count[i] = i, i end
  local checksum, max_flips, parity = 0, 0, 1
  while true do
    local first = perm[1]
    if first ~= 1 then
      for i = 1, n do work[i] = perm[i] end
      local flips = 0
      repeat
        local lo, hi = 1, first
        while lo < hi do
          work[lo], work[hi] = work[hi], work[lo]
          lo, hi = lo + 1, hi - 1
        end
        flips = flips + 1
        first = work[1]
      until first == 1
      if flips > max_flips then max_flips = flips end
      checksum = checksum + parity * flips
    end
    local r = 2
    while true do
      if r > n then return checksum, max_flips end
      local head = perm[1]
      for i = 1, r - 1 do perm[i] = perm[i + 1] end
      perm[r] = head
      count[r] = count[r] - 1
      if count[r] > 0 then break end
      count[r] = r
      r = r + 1
    end
    -- A rotation of r elements is r-1 swaps; only the sign of the permutation matters.
    local sign = 1
    for i = 2, r do
      if i % 2 == 0 then sign = -sign end
    end
    parity = parity * sign
  end
end
print(string.format("checksum %d, most flips %d", fannkuch(10)))

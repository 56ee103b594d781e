-- Posts amounts to an account, one a round, and tells somebody about each.
local account, rounds = ...
local total = 0
for i = 1, tonumber(rounds) do
  total = total + i
  local balance = tool.post(account, i)
  assert(balance == total, "a posting was lost or doubled")
  tool.notify(account .. " has " .. balance)
  -- Some work, which takes several slices.
  local words = {}
  for n = 1, 40000 do words[n % 100] = account .. n end
  print(account, i, balance, #words)
end
return total

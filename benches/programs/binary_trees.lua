-- Allocation of small tables and the collector's ability to free them.
local function make(depth)
  if depth == 0 then return {} end
  depth = depth - 1
  return {make(depth), make(depth)}
end
local function count(tree)
  if tree[1] then return 1 + count(tree[1]) + count(tree[2]) end
  return 1
end
local max_depth = 15
print(string.format("stretch %d", count(make(max_depth + 1))))
local long_lived = make(max_depth)
for depth = 4, max_depth, 3 do
  local rounds = 2 ^ (max_depth - depth + 4)
  local total = 0
  for _ = 1, rounds do total = total + count(make(depth)) end
  print(string.format("%d trees of depth %d: %d", rounds, depth, total))
end
print(string.format("long lived %d", count(long_lived)))

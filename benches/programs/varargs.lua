-- Variable arguments and protected calls: select, unpack, pcall, string.format forwarding.
local unpack = table.unpack or unpack
local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    total = total + v
  end
  return total
end
local function pack(...) return {n = select("#", ...), ...} end
local function forward(f, ...) return f(...) end
local function tail(_, ...) return ... end
local function depth(n, ...)
  if n == 0 then return sum(...) end
  return depth(n - 1, tail(...))
end

local total, failures = 0, 0
for i = 1, 350000 do
  total = (total + sum(i, i + 1, i + 2, i + 3)) % 1000000007
  local p = pack(i, nil, i * 2)
  total = (total + p.n + sum(unpack({i, 1, 2, 3, 4, 5}))) % 1000000007
  total = (total + forward(forward, sum, 1, i)) % 1000000007
  total = (total + depth(3, 1, 2, 3, 4, 5, i)) % 1000000007
  local ok, v = pcall(sum, i, 2)
  if ok then total = (total + v) % 1000000007 end
  if i % 4 == 0 then
    local fine, err = pcall(error, {code = i})
    if not fine then failures = (failures + err.code) % 1000000007 end
  end
end
print(string.format("checksum %d %d", total, failures))

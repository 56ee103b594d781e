-- Lua patterns: find, match, gmatch, gsub with string, table and function replacement.
local words = {
  "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
}
local seed = 42
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local lines = {}
for i = 1, 2500 do
  lines[i] = string.format(
    '%s.%s = %d, "%s %s" -- line %d  ',
    words[random(10)],
    words[random(10)],
    random(100000),
    words[random(10)],
    words[random(10)],
    i
  )
end
local text = table.concat(lines, "\n")

local counts = {0, 0, 0, 0, 0, 0}
for _ = 1, 25 do
  for word in text:gmatch("%a+") do counts[1] = counts[1] + #word end
  for key, value in text:gmatch("(%w+%.%w+)%s*=%s*(%d+)") do
    counts[2] = (counts[2] + #key * tonumber(value)) % 1000003
  end
  for line in text:gmatch("[^\n]+") do
    local quoted = line:match('"([^"]*)"')
    local trimmed = line:match("^%s*(.-)%s*$")
    counts[3] = counts[3] + #quoted + #trimmed
    if line:find("epsilon", 1, true) then counts[4] = counts[4] + 1 end
    if line:find("%f[%a]zeta%f[%A]") then counts[4] = counts[4] + 1 end
  end
  local replaced, n = text:gsub("%d+", function(digits) return "<" .. digits .. ">" end)
  counts[5] = counts[5] + n + #replaced
  replaced, n = text:gsub("%a+", {alpha = "A", beta = "B", theta = "TH"})
  counts[5] = counts[5] + n + #replaced
  replaced, n = text:gsub("(%w+)%.(%w+)", "%2.%1")
  counts[6] = (counts[6] + n + #replaced + (replaced:find("kappa.iota", 1, true) or 0))
end
print(
  string.format(
    "%d %d %d %d %d %d",
    counts[1],
    counts[2],
    counts[3],
    counts[4],
    counts[5],
    counts[6]
  )
)

-- Building strings: concatenation, table.concat, string.format, rep, reverse, upper, sub, byte.
local function checksum(s)
  local a, b = 1, 0
  for i = 1, #s, 7 do
    a = (a + s:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b * 65536 + a
end

local total = 0
for round = 1, 24 do
  local parts = {}
  for i = 1, 12000 do
    parts[#parts + 1] = "item " .. i .. ": " .. (i * round % 97) .. ";"
  end
  local text = table.concat(parts, "\n")
  total = (total + checksum(text)) % 2147483647

  local lines = {}
  for i = 1, 8000 do
    lines[i] = string.format("%5d|%-8s|%08.3f|%x", i, "k" .. i % 100, i / 7 + round, i * 31)
  end
  total = (total + checksum(table.concat(lines))) % 2147483647

  local grown = ""
  for i = 1, 1500 do grown = grown .. string.char(97 + i % 26) end
  total = (total + checksum(grown:rep(20):upper():reverse())) % 2147483647

  local n = 0
  for i = 1, #grown - 3 do
    if grown:sub(i, i + 2) == "abc" then n = n + i end
  end
  total = (total + n) % 2147483647
end
print(string.format("checksum %d", total))

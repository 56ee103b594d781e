local t = { 3, 1, 2 }
local sorted = table.sort(t)
print(sorted[1])

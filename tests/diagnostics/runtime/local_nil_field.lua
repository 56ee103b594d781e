local t = {1,2}
local n = t.length
print(n + 1)

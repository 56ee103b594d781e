local V = {}
V.__add = function(a, b) return setmetatable({ x = a.x + b.x }, V) end
local v = setmetatable({ x = 1 }, V)
print(v + 2)

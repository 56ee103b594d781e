-- `__eq` between two tables.
local mt = {__eq = function () return true end}
local a, b = setmetatable({}, mt), setmetatable({}, mt)
local n = 0
for _ = 1, 5e6 do if a == b then n = n + 1 end end
print(n)

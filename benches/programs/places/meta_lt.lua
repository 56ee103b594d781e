-- `__lt` between two tables.
local mt = {__lt = function (x, y) return x.n < y.n end}
local a, b = setmetatable({n = 1}, mt), setmetatable({n = 2}, mt)
local n = 0
for _ = 1, 5e6 do if a < b then n = n + 1 end end
print(n)

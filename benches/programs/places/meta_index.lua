-- `__index` as a function.
local t = setmetatable({}, {__index = function (_, key) return key end})
local n = 0
for _ = 1, 5e6 do if t.name == "name" then n = n + 1 end end
print(n)

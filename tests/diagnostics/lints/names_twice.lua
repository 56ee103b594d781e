-- Names declared twice in one list.
local function f(a, b, a) return a, b end
local x, x = 1, 2
local _, _ = f(1, 2, 3)
for i, i in pairs({}) do print(i) end
print(x)
local y = 1
print(y)
local y = 2
print(y)

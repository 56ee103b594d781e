-- Silent unless asked for.
-- luka.toml and flags turn these on.
local function f(a, b) return b end
for i, v in pairs({}) do print(v, f) end
local x = 1
do local x = 2 print(x) end
print(x)
if x then end

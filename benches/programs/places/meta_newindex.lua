-- `__newindex` as a function.
local last
local t = setmetatable({}, {__newindex = function (_, _, value) last = value end})
for i = 1, 5e6 do t.field = i end
print(last)

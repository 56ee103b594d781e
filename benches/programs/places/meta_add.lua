-- `__add` that makes no new object.
local mt = {}
mt.__add = function (x, y) x.n = x.n + y return x end
local a = setmetatable({n = 0}, mt)
for i = 1, 5e6 do a = a + i end
print(a.n)

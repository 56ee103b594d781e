local mt = {}
mt.__index = function(t, k) return t[k] end
local t = setmetatable({}, mt)
print(t.x)

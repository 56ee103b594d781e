local mt = {}
for _, e in ipairs {"add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "concat"} do
    mt["__" .. e] = function(a, b) return e, a, b end
end
mt.__unm, mt.__bnot, mt.__len = function() return 1 end, function() return 2 end, function() return 3 end
mt.__eq, mt.__lt, mt.__le = function() return true end, function() return nil end, function(a, b) return rawequal(a, b) end
mt.__index = function(t, k) return k end
mt.__newindex = function(t, k, v) rawset(t, k, v) end
mt.__call = function(self, ...) return select("#", ...), ... end
mt.__close = function(v, e) rawset(v, "closed", e) end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
print(a + 1, 1 - a, a * b, a / 2, 7 % a, a ^ b, a // 1, a & 1, 2 | a, a ~ b, a << 1, 1 >> a, a .. b, "x" .. a .. "y" .. 1)
print(-a, ~a, #a, a == b, a ~= b, a < b, a <= b, a > 1, 1 >= a, a.x, a[1], a(1, nil, 3))
a.y, a[1], a[a] = 1, 2, 3
do local c <close> = a; b.z = c.q end
local function tail(...) return a(...) end
print(tail(), tail(1, 2), pcall(tail, 3))

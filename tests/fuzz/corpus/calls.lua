local function f(...) return ... end
local function g(a, b, ...) return b, a, ... end
local t = {f(1, 2, 3), f(), (f(4, 5)), f(f(6), g(7, 8, 9))}
print(#t, table.unpack(t))
print(g(f()), g(f(1)), (g(f(1, 2, 3))))
local function sum(n, ...) if n == 0 then return select("#", ...) end return sum(n - 1, n, ...) end
print(sum(20), pcall(sum, 5, nil))
function t.m(self, x, ...) if x then return self:m(...) end return self ~= nil, select(-1, 1, ...) end
print(t:m(1, 2, 3), t.m(t), pcall(t.m))
print(string.rep("x", 3, ","), ("%d %s"):format(1, "a"), #table.pack(table.unpack({}, 1, 60)))
print(pcall(pcall), pcall(error), select("#", pcall(f, f(f(f())))), xpcall(g, debug.traceback, 1))
print(xpcall(function() local x = nil; return x.y end, function(m) return m, debug.traceback() end))

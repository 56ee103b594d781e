local a = 1
local function f(x, y, ...)
  local z <close> = x
  local w = { ... }
  g(w, ...)
  return (function() a = a + x; return y, f end)()
end
function t.a.b:m(p) return self, p end
function f() return f() end
local _ENV = { f = f }
x = y
local function h() return x, _ENV end
return 1, f(...)

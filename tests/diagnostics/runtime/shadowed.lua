local t = { x = 1 }
local function f(t) return t.x.y end
f({ x = false })

-- Fields that a table does not have.
local M = { colour = "red", size = 2, items = {} }

function M.draw(shape) return shape end
function M:resize(n) self.size = n end

print(M.color, M.siez)
M:rezise(3)
M.darw(1)

-- Whatever is assigned somewhere, or asked for, may be there; numbers and plurals are other names.
local late = { handler1 = 1, value = 2, option = 3 }
function late.set(other) other.valve = 1 end
if late.optoin then print(late.optoin) end
print(late.handler2, late.valve, late.values, late.unlike, late.set(late))

-- Of a table that others may change, nothing is known.
local given = { colour = 1 }
print(given.color, setmetatable(given, {}))
local keyed = { colour = 1 }
keyed[...] = 2
print(keyed.color)

return M

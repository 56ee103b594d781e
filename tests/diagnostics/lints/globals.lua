-- Names nobody defines.
pritn("misspelt")
print(null, undefined_thing)
local handlers = {}
print(handelrs)
defined_below = 1
print(defined_below, defined_later)
function defined_later() end
-- Asked for before it is used: the program knows that it may be missing.
if jit then print(jit.version) end
local unpack = table.unpack or unpack
print(unpack, bit32 ~= nil and bit32.band)
_G.by_field = 1
print(by_field)
print(arg[0], _VERSION, _G, _ENV)
print(table.getn({}), string.spilt, math.pi, string.format)
function string.trim(s) return s end
print(string.trim(""), ("x"):trim())
do
  local _ENV = { y = 1 }
  x = y
end

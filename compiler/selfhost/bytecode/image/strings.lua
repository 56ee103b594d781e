--- Strings in an image: each short one is written where it is first used, and by its number
-- afterwards. Long strings are at each use.

local op = require "luka.compiler.bytecode.ops"

local Strings = {}
Strings.__index = Strings

--- No strings written yet.
function Strings.new()
  return setmetatable({numbers = {}, count = 0}, Strings)
end

--- Writes a string: `new` and the string itself, or `new` plus one plus its number.
function Strings:write(out, new, s)
  if #s <= op.MAX_SHORT_STRING then
    local number = self.numbers[s]
    if number then return out:uint(new + 1 + number) end
    self.numbers[s] = self.count
    self.count = self.count + 1
  end
  out:uint(new)
  out:string(s)
end

return Strings

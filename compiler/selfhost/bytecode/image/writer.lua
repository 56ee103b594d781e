--- The bytes of an image, appended one item at a time.

local Writer = {}
Writer.__index = Writer

local char, byte, concat = string.char, string.byte, table.concat
local unpack = table.unpack

-- How many bytes become a string at a time.
local BATCH = 4096

-- Longer strings do not go through the list of bytes.
local SHORT = 64

function Writer.new()
  -- `bytes` holds the last `count` bytes, one number each; what precedes them is in `parts`.
  return setmetatable({bytes = {}, count = 0, parts = {}}, Writer)
end

--- Makes strings of the bytes.
local function flush(self)
  local bytes, count, parts = self.bytes, self.count, self.parts
  for first = 1, count, BATCH do
    parts[#parts + 1] = char(unpack(bytes, first, math.min(first + BATCH - 1, count)))
  end
  self.count = 0
end

--- All of it.
function Writer:finish()
  flush(self)
  return concat(self.parts)
end

function Writer:byte(b)
  local count = self.count + 1
  self.bytes[count] = b
  self.count = count
end

--- Appends a string as it is.
function Writer:raw(s)
  local size = #s
  if size > SHORT then
    flush(self)
    self.parts[#self.parts + 1] = s
    return
  end
  local bytes, count = self.bytes, self.count
  for at = 1, size do
    bytes[count + at] = byte(s, at)
  end
  self.count = count + size
end

--- Unsigned LEB128: seven bits a byte, lowest first, the high bit says that more follow.
function Writer:uint(value)
  local bytes, count = self.bytes, self.count + 1
  while value & ~0x7f ~= 0 do
    bytes[count] = value & 0x7f | 0x80
    value, count = value >> 7, count + 1
  end
  bytes[count] = value
  self.count = count
end

--- Signed numbers as unsigned ones: 0, -1, 1, -2, … become 0, 1, 2, 3, …
function Writer:sint(value)
  self:uint(value < 0 and ~(value << 1) or value << 1)
end

--- Length, then bytes.
function Writer:string(s)
  self:uint(#s)
  self:raw(s)
end

return Writer

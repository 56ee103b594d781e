--- Instructions in an image: an opcode byte and a byte for each operand, in the order of the opcode's
-- row, if all of them fit; else all eight bytes, marked by the opcode's high bit. An operand that is
-- a flag has no byte and is zero in the short form.

local op = require "luka.compiler.bytecode.ops"

local code = {}

-- Set in the first byte of an instruction that is written whole.
local WHOLE = 0x80

-- The place and the width of each field.
local SHIFT = {n = 8, a = 16, b = 32, c = 48, bx = 32}
local BITS = {n = 0xff, a = 0xffff, b = 0xffff, c = 0xffff, bx = 0xffffffff}
local SIGNED = {Int = true, IntWide = true, Jump = true, JumpWide = true}

-- How the instructions of an opcode are packed: the places of the bytes, the bits that must be zero,
-- and the place and the bits of each signed operand.
local SHAPES = {}
for number = 0, op.COUNT - 1 do
  local shape = {zero = ~0xff}
  for _, operand in ipairs(op.rows[number].operands) do
    local field, role = operand.field, operand.role
    local shift = SHIFT[field]
    if role ~= "Flag" then
      shape[#shape + 1] = shift
      local free = SIGNED[role] and BITS[field] or 0xff
      shape.zero = shape.zero & ~(free << shift)
      if SIGNED[role] then
        shape.signed = shape.signed or {}
        table.insert(shape.signed, {shift = shift, bits = BITS[field]})
      end
    end
  end
  SHAPES[number] = shape
end

--- Do all signed operands fit a byte?
local function fit(i, signed)
  for n = 1, #signed do
    local operand = signed[n]
    if (i >> operand.shift) + 0x80 & operand.bits > 0xff then return false end
  end
  return true
end

--- Writes a list of instructions.
function code.write(out, instrs)
  local bytes, count = out.bytes, out.count
  for n = 1, #instrs do
    local i = instrs[n]
    local shape = SHAPES[i & 0xff]
    if i & shape.zero == 0 and (not shape.signed or fit(i, shape.signed)) then
      count = count + 1
      bytes[count] = i & 0xff
      for at = 1, #shape do
        count = count + 1
        bytes[count] = i >> shape[at] & 0xff
      end
    else
      bytes[count + 1] = i & 0xff | WHOLE
      for at = 1, 7 do
        bytes[count + 1 + at] = i >> 8 * at & 0xff
      end
      count = count + 8
    end
  end
  out.count = count
end

return code

--- The head of an image: PUC Lua's own dump header, then what makes it Luka's.

local op = require "luka.compiler.bytecode.ops"

local header = {}

--- What `luac5.4` writes on a 64-bit little-endian machine: signature, version, format, conversion
-- data, sizes of instruction, integer and float, 0x5678 as integer, 370.5 as float.
header.PUC_HEADER = "\27Lua\x54\0\x19\x93\r\n\x1a\n\4\8\8" .. string.pack("<i8d", 0x5678, 370.5)

--- Follows PUC's header.
header.MAGIC = "Luka\r\n\x1a\n"

--- The version of the layout that follows the magic.
header.VERSION = 2

--- The header of a payload of this many bytes.
function header.bytes(payload)
  return header.PUC_HEADER
    .. header.MAGIC
    .. string.pack("<Bi8I8", header.VERSION, op.ISA_HASH, payload)
end

return header

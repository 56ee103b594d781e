--- One instruction: a 64-bit integer, as images hold it.
--
--   0        8        16              32              48              64
--   +--------+--------+---------------+---------------+---------------+
--   |   op   |   n    |       a       |       b       |       c       |
--   +--------+--------+---------------+---------------+---------------+
--   |   op   |   n    |       a       |              bx               |
--
-- What each field means is said by the opcode's row in `ops`.

local instr = {}

--- `op` with three 16-bit operands, each already in 0…65535, and n = 0.
function instr.abc(op, a, b, c)
  return op | a << 16 | b << 32 | c << 48
end

--- `op` with a 16-bit operand and a 32-bit one, signed or not, and n = 0.
function instr.abx(op, a, bx)
  return op | a << 16 | bx << 32
end

function instr.op(i) return i & 0xff end
function instr.n(i) return i >> 8 & 0xff end
function instr.a(i) return i >> 16 & 0xffff end
function instr.b(i) return i >> 32 & 0xffff end
function instr.c(i) return i >> 48 end

--- `c` as a signed number.
function instr.sc(i) return (i >> 48 ~ 0x8000) - 0x8000 end

--- `b` and `c` together as a signed number.
function instr.sbx(i) return (i >> 32 ~ 0x80000000) - 0x80000000 end

--- The same instruction with another operand.
function instr.with_op(i, op) return i & ~0xff | op end
function instr.with_n(i, n) return i & ~0xff00 | n << 8 end
function instr.with_a(i, a) return i & ~0xffff0000 | a << 16 end
function instr.with_b(i, b) return i & ~0xffff00000000 | b << 32 end
function instr.with_c(i, c) return i & 0xffffffffffff | c << 48 end
function instr.with_bx(i, bx) return i & 0xffffffff | bx << 32 end

return instr

-- Operations on 32 bits: the modules bit (signed) and bit32 (without sign).
--! skip oracle PUC Lua 5.4 has neither

local bit, bit32 = require "bit", require "bit32"

--- numbers are cut to 32 bits ---
print(bit.tobit(0xffffffff), bit.tobit(2^32 + 5), bit.tobit(-2^31 - 1)) -- expect: -1 5 2147483647
print(bit32.band(-1), bit32.band(2^40 + 3), bit32.band()) -- expect: 4294967295 3 4294967295
print(bit.tobit(1.5), bit.tobit(2.5), bit.tobit(1e300), bit.tobit(0/0)) -- expect: 2 2 0 0

--- logic ---
print(bit.bnot(0), bit.band(12, 10, 9), bit.bor(12, 3), bit.bxor(12, 10)) -- expect: -1 8 15 6
print(bit32.bnot(0), bit32.band(12, 10), bit32.bor(12, 3), bit32.bxor(12, 10)) -- expect: 4294967295 8 15 6
print(bit32.btest(6, 2), bit32.btest(6, 1), bit32.btest()) -- expect: true false true

--- shifts and rotations ---
print(bit.lshift(1, 31), bit.lshift(1, 32), bit.rshift(-1, 28), bit.arshift(-256, 4)) -- expect: -2147483648 1 15 -16
print(bit.rol(0x12345678, 12) == 0x45678123, bit.ror(0x12345678, 12) == 0x67812345) -- expect: true true
print(bit32.lshift(1, 32), bit32.lshift(1, -1), bit32.rshift(0xff, -4)) -- expect: 0 0 4080
print(bit32.arshift(-8, 1) == 0xfffffffc, bit32.arshift(8, 1), bit32.arshift(-1, 99)) -- expect: true 4 4294967295
print(bit32.lrotate(0x80000001, 1), bit32.rrotate(1, 33), bit32.lrotate(1, -1)) -- expect: 3 2147483648 2147483648

--- other functions ---
print(bit.tohex(255), bit.tohex(-1, 4), bit.tohex(0xabc, -3), bit.tohex(1, 0) == "") -- expect: 000000ff ffff ABC true
print(bit.bswap(0x12345678) == 0x78563412) -- expect: true
print(bit32.extract(0xabcd, 4, 8), bit32.replace(0, 0xff, 8, 4)) -- expect: 188 3840

--- errors ---
print(pcall(bit.band)) -- expect: false bad argument #1 to 'bit.band' (number expected, got no value)
print(pcall(bit32.extract, 1, 30, 3)) -- expect: false trying to access non-existent bits
print(pcall(bit32.extract, 1, -1)) -- expect: false bad argument #2 to 'bit32.extract' (field cannot be negative)
print(pcall(bit32.replace, 1, 1, 0, 0)) -- expect: false bad argument #4 to 'bit32.replace' (width must be positive)
print(pcall(bit32.bnot, 1.5)) -- expect: false bad argument #1 to 'bit32.bnot' (number has no integer representation)

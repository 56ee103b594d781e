-- Bitwise operators (manual 3.4.2) and conversions to integers (3.4.3).

--- and, or, xor, not ---
print(0xF0 & 0x3C, 0xF0 | 0x0F, 0xF0 ~ 0xFF, ~0, ~5, ~~7) -- expect: 48 255 15 -1 -6 7
print(-1 & 0xFFFF, -1 | 0, -1 ~ -1, 1 | 2 | 4, 7 & 3 & 2) -- expect: 65535 -1 0 7 2

--- shifts are logical and take any distance ---
print(1 << 0, 1 << 62, 1 << 63, 1 << 64, 1 << 100)
-- expect: 1 4611686018427387904 -9223372036854775808 0 0
print(-1 >> 1, -1 >> 63, -1 >> 64, -1 << 1) -- expect: 9223372036854775807 1 0 -2
print(1 << -1, 8 >> -2, 256 << -4, -1 >> -63) -- expect: 0 32 16 -9223372036854775808
print(2 << math.maxinteger, 2 >> math.mininteger, 2 << math.mininteger) -- expect: 0 0 0

--- floats with integer values are converted ---
print(3.0 & 1, 2.0 << 1, ~1.0, 5 ~ 2.0) -- expect: 1 4 -2 7
print(2^53 | 0, -2^63 | 0) -- expect: 9007199254740992 -9223372036854775808
print(pcall(function() return 1.5 & 1 end))
-- expect: false bitwise.lua:17: number has no integer representation
print(pcall(function() return 2^63 | 0 end))
-- expect: false bitwise.lua:19: number has no integer representation
print(pcall(function() return 1 << 0/0 end))
-- expect: false bitwise.lua:21: number has no integer representation
print(pcall(function(x) return x ~ 1 end, math.huge))
-- expect: false bitwise.lua:23: number (local 'x') has no integer representation

--- strings are not converted ---
print(pcall(function() return "3" & 1 end))
-- expect: false bitwise.lua:27: attempt to perform bitwise operation on a string value (constant '3')
print(pcall(function(s) return s | "4" end, "0xff"))
-- expect: false bitwise.lua:29: attempt to perform bitwise operation on a string value (local 's')
print(pcall(function(s) return ~s end, "0"))
-- expect: false bitwise.lua:31: attempt to perform bitwise operation on a string value (local 's')
print(pcall(function() return "1.5" | 0 end))
-- expect: false bitwise.lua:33: attempt to perform bitwise operation on a string value (constant '1.5')
print(pcall(function() return "abc" | 0 end))
-- expect: false bitwise.lua:35: attempt to perform bitwise operation on a string value (constant 'abc')
print(pcall(function() return 1 & {} end))
-- expect: false bitwise.lua:37: attempt to perform bitwise operation on a table value
print(pcall(function(t) return t.field << 1 end, {}))
-- expect: false bitwise.lua:39: attempt to perform bitwise operation on a nil value (field 'field')
print(pcall(function(t) return ~t end, "x"))
-- expect: false bitwise.lua:41: attempt to perform bitwise operation on a string value (local 't')
print(pcall(function(s) return s & 1.5 end, "1"))
-- expect: false bitwise.lua:43: attempt to perform bitwise operation on a string value (local 's')

--- precedence ---
print(1 | 2 ~ 3 & 4 << 1, 1 << 1 + 1, ~1 + 1, -1 >> 60 & 3) -- expect: 3 4 -1 3
print(1 | 2 == 3, 6 & 5 ~= 4) -- expect: true false

--- classic tricks ---
local function popcount(x)
  local n = 0
  while x ~= 0 do x, n = x & (x - 1), n + 1 end
  return n
end
print(popcount(0), popcount(255), popcount(-1), popcount(1 << 40 | 1)) -- expect: 0 8 64 2
local function rotl(x, n) return x << n | x >> (64 - n) end
print(string.format("%x %x", rotl(0x123456789abcdef0, 8), rotl(1, 63)))
-- expect: 3456789abcdef012 8000000000000000
print(0x7fffffffffffffff & -0x8000000000000000, math.mininteger ~ math.maxinteger) -- expect: 0 -1

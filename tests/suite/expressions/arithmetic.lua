-- Arithmetic operators on integers and floats (manual 3.4.1).

--- integer results stay integers ---
print(7 + 2, 7 - 2, 7 * 2, 7 // 2, 7 % 2, -7) -- expect: 9 5 14 3 1 -7
print(7 + 2.0, 7 - 2.0, 7 * 2.0, 7 // 2.0, 7 % 2.0) -- expect: 9.0 5.0 14.0 3.0 1.0
print(7 / 2, 6 / 2, 2 ^ 2, 2 ^ 0.5) -- expect: 3.5 3.0 4.0 1.4142135623731
print(math.type(6 / 2), math.type(2 ^ 2), math.type(3 // 1), math.type(3 // 1.0))
-- expect: float float integer float

--- floor division and modulo round towards minus infinity ---
print(7 // 3, -7 // 3, 7 // -3, -7 // -3) -- expect: 2 -3 -3 2
print(7 % 3, -7 % 3, 7 % -3, -7 % -3) -- expect: 1 2 -2 -1
print(7.5 // 2, -7.5 // 2, 7.5 // -2, -7.5 // -2) -- expect: 3.0 -4.0 -4.0 3.0
print(7.5 % 2, -7.5 % 2, 7.5 % -2, -7.5 % -2) -- expect: 1.5 0.5 -0.5 -1.5
print(5.3 % math.huge, -5.3 % math.huge, 5.3 % -math.huge, -5.3 % -math.huge)
-- expect: 5.3 inf -inf -5.3
print(0.0 % 1, -0.0 % 1, 1 % 0.5, -6 % 2.0) -- expect: 0.0 -0.0 0.0 -0.0

--- division by zero ---
print(1 / 0, -1 / 0, 1.0 // 0, -1 // 0.0, 0 / 0 ~= 0 / 0) -- expect: inf -inf inf -inf true
print(1 % 0.0 ~= 1 % 0.0, 1 // 0.0) -- expect: true inf
print(pcall(function(a) return a // 0 end, 1))
-- expect: false arithmetic.lua:22: attempt to divide by zero
print(pcall(function(a) return a % 0 end, 1))
-- expect: false arithmetic.lua:24: attempt to perform 'n%0'
local zero = 0
print(select(2, pcall(function() return 1 // zero end)))
-- expect: arithmetic.lua:27: attempt to divide by zero

--- overflow wraps around ---
local max, min = math.maxinteger, math.mininteger
print(max + 1 == min, min - 1 == max, max * 2, min * -1 == min, -min == min)
-- expect: true true -2 true true
print(max * max, min * min, max * min) -- expect: 1 0 -9223372036854775808
print(min // -1 == min, min % -1) -- expect: true 0
print(max + 1.0, min - 1.0) -- expect: 9.2233720368548e+18 -9.2233720368548e+18

--- unary minus and signed zero ---
local z = 0.0
print(-z, 1 / -z, -0, 0.0 == -0.0, - -z) -- expect: -0.0 -inf 0 true 0.0
print(-(-3), - - 3, -2 ^ 2, 2 ^ -1) -- expect: 3 3 -4.0 0.5

--- strings are converted ---
print("10" + 5, "3" * "4", "0x10" + 0, "1e1" + 0, " 7 " - 1) -- expect: 15 12 16 10.0 6
print("10" / 2, -"2", "10" // "3", "7.0" // 2, 2 ^ "3", "10" % 3) -- expect: 5.0 -2 3 3.0 8.0 1
print(math.type("10" + 0), math.type("10.0" + 0), -"0x7fffffffffffffff")
-- expect: integer float -9223372036854775807
print(10 .. 20, 1.5 .. "", -0.0 .. "", 2^63 .. "", 1e15 .. "", 1e100 .. "")
-- expect: 1020 1.5 -0.0 9.2233720368548e+18 1e+15 1e+100

--- what does not convert is an error ---
local function try(f, ...) print((select(2, pcall(f, ...)))) end
-- expect: arithmetic.lua:63: attempt to add a 'string' with a 'number'
-- expect: arithmetic.lua:64: attempt to perform arithmetic on a table value (local 'a')
-- expect: arithmetic.lua:65: attempt to perform arithmetic on a nil value (local 'a')
-- expect: arithmetic.lua:66: attempt to perform arithmetic on a boolean value (local 'a')
-- expect: arithmetic.lua:67: attempt to mul a 'string' with a 'table'
-- expect: arithmetic.lua:68: attempt to perform arithmetic on a nil value (field 'x')
-- expect: arithmetic.lua:69: attempt to perform arithmetic on a function value (local 'a')
-- expect: arithmetic.lua:70: attempt to idiv a 'number' with a 'string'
-- expect: arithmetic.lua:72: attempt to perform arithmetic on a nil value (upvalue 'up')
-- expect: arithmetic.lua:73: attempt to perform arithmetic on a nil value (global 'undefinedglobal')
try(function(a) return a + 1 end, "abc")
try(function(a) return a + 1 end, {})
try(function(a) return 1 - a end, nil)
try(function(a) return -a end, true)
try(function(a, b) return a * b end, "1", {})
try(function(a) return a.x + 1 end, {})
try(function(a) return 2 ^ a end, print)
try(function(a) return a // "x" end, 1)
local up
try(function() return up + 1 end)
try(function() return undefinedglobal + 1 end)

--- precedence and associativity ---
print(2 + 3 * 4 ^ 2 / 2, (2 + 3) * 4, 2 ^ 3 ^ 2, -3 ^ 2) -- expect: 26.0 20 512.0 -9.0
print(1 .. 2 .. 3, "a" .. 1 + 2, 2 * 3 .. "") -- expect: 123 a3 6
print(5 - 3 - 1, 100 / 10 / 2, 7 // 2 * 2, 2 ^ -2 ^ 2) -- expect: 1 5.0 6 0.0625
print(1 + 2 < 4, not 1 == 2, #"ab" + 1, -#"ab") -- expect: true false 3 -2
print(1 << 2 + 1, 1 | 2 & 3, 5 & 3 == 1, 6 ~ 3 | 8, "a" .. "b" == "ab") -- expect: 8 3 true 13 true

--- constant folding gives the same results ---
local a, b = 7, -2
print(7 // -2 == a // b, 7 % -2 == a % b, 7 / -2 == a / b) -- expect: true true true
print(3 - -3, 2 ^ 10, 10 // 3 * 3 + 10 % 3, 0x7fffffffffffffff + 1 == math.mininteger)
-- expect: 6 1024.0 10 true
print(-0.0, 0.0, 1 / (-0.0), 1 / (0.0 * -1)) -- expect: -0.0 0.0 -inf -inf
print(1 // 0.0, 5 % -3, -(2^63) == math.mininteger, 1e308 + 1e308) -- expect: inf -1 true inf

-- Numerals (manual 3.1): integers, floats, hexadecimal forms, wrap-around, overflow to float.

--- decimal integers and floats ---
print(0, 3, 345, 0x0, -0) -- expect: 0 3 345 0 0
print(3.0, 3.1416, 314.16e-2, 0.31416E1, 34e1) -- expect: 3.0 3.1416 3.1416 3.1416 340.0
print(1e1, 1E+2, 1e-2, .5, 5., 3.e2) -- expect: 10.0 100.0 0.01 0.5 5.0 300.0
print(math.type(3), math.type(3.0), math.type(3e0)) -- expect: integer float float
print(9007199254740993, 2^53 + 1) -- expect: 9007199254740993 9.007199254741e+15

--- hexadecimal ---
print(0xff, 0XA, 0xBEBADA, 0xdeadBEEF) -- expect: 255 10 12499674 3735928559
print(0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff)
-- expect: 9223372036854775807 -9223372036854775808 -1
print(0x10000000000000000, 0x1ffffffffffffffff) -- expect: 0 -1
print(0x123456789abcdef0123) -- expect: 5001117282205630755

--- hexadecimal floats ---
print(0x0.1E, 0xA23p-4, 0X1.921FB54442D18P+1) -- expect: 0.1171875 162.1875 3.1415926535898
print(0x.8, 0x8., 0x1p4, 0xap-1, 0x1P+2) -- expect: 0.5 8.0 16.0 5.0 4.0
print(0x1p1023, 0x1p-1074, 0x1p-1075, 0x1p1024)
-- expect: 8.9884656743116e+307 4.9406564584125e-324 0.0 inf
print(0xA.8p0 == 10.5, math.type(0x10p0)) -- expect: true float

--- decimal integers that do not fit become floats ---
print(9223372036854775807, math.type(9223372036854775807)) -- expect: 9223372036854775807 integer
print(9223372036854775808, math.type(9223372036854775808)) -- expect: 9.2233720368548e+18 float
print(-9223372036854775808, math.type(-9223372036854775808)) -- expect: -9.2233720368548e+18 float
print(1e308 * 10, -1e309, 1e400) -- expect: inf -inf inf
print(123456789012345678901234567890) -- expect: 1.2345678901235e+29

--- tonumber reads the same forms ---
print(tonumber("0x1p4"), tonumber("  12  "), tonumber("1e1"), tonumber(".5"), tonumber("5."))
-- expect: 16.0 12 10.0 0.5 5.0
print(tonumber("0x"), tonumber("1e"), tonumber("1 2"), tonumber(""), tonumber("  "))
-- expect: nil nil nil nil nil
print(tonumber("inf"), tonumber("nan"), tonumber("0x.p1"), tonumber("1e+"), tonumber("--1"))
-- expect: nil nil nil nil nil
print(tonumber("-0x10"), tonumber("- 1"), tonumber("+1"), tonumber("-.5e1"))
-- expect: -16 nil 1 -5.0
print(tonumber("9223372036854775808"), tonumber("-9223372036854775808"))
-- expect: 9.2233720368548e+18 -9223372036854775808
print(tonumber("0xffffffffffffffffff"), tonumber("1\0")) -- expect: -1 nil
print(tonumber("\t\n\v\f\r 7 \n"), tonumber("0b1"), tonumber("1_000")) -- expect: 7 nil nil

--- malformed numerals ---
for _, s in ipairs { "3x", "0xg", "0x", "1e", "1e+", "1..2", "3.4.5", "0x1p", "08a", "1_" } do
  print((select(2, load("x = " .. s, "=m"))))
  -- expect: m:1: malformed number near '3x'
  -- expect: m:1: malformed number near '0xg'
  -- expect: m:1: malformed number near '0x'
  -- expect: m:1: malformed number near '1e'
  -- expect: m:1: malformed number near '1e+'
  -- expect: m:1: malformed number near '1..2'
  -- expect: m:1: malformed number near '3.4.5'
  -- expect: m:1: malformed number near '0x1p'
  -- expect: m:1: malformed number near '08a'
  -- expect: m:1: malformed number near '1_'
end

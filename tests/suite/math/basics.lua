-- The mathematical functions (manual 6.7).

--- constants ---
print(math.pi, math.huge, -math.huge, math.maxinteger, math.mininteger, math.maxinteger + 1 == math.mininteger)
-- expect: 3.1415926535898 inf -inf 9223372036854775807 -9223372036854775808 true

--- floor, ceil, fmod, modf ---
print(math.floor(3.7), math.floor(-3.7), math.floor(5), math.floor(-0.0), math.floor(1e300) == 1e300)
-- expect: 3 -4 5 0 true
print(math.ceil(3.2), math.ceil(-3.7), math.ceil(5), math.ceil(-0.5), math.type(math.ceil(2^53)), math.type(math.floor(2^70)))
-- expect: 4 -3 5 0 integer float
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(7.5, 2), math.fmod(-7.5, 2), math.fmod(1, math.huge))
-- expect: 1 -1 1 1.5 -1.5 1.0
print(pcall(math.fmod, 1, 0)) -- expect: false bad argument #2 to 'math.fmod' (zero)
print(math.fmod(1, 0.0) ~= math.fmod(1, 0.0), math.fmod(math.mininteger, -1), math.fmod(5, 5.0), math.fmod(-6, 2))
-- expect: true 0 0.0 0
print(math.modf(3.7), math.modf(-3.7), math.modf(5), math.modf(1/0), math.modf(-1/0))
-- expect: 3 -3 5 inf -inf 0.0
print(math.modf(0/0) ~= math.modf(0/0), math.modf(1e100)) -- expect: true 1e+100 0.0
print(math.floor("3.7"), pcall(math.floor, "x"))
-- expect: 3 false bad argument #1 to 'math.floor' (number expected, got string)

--- abs, max, min, ult ---
print(math.abs(-5), math.abs(-5.5), math.abs(math.mininteger), math.abs(-0.0), math.abs("-3"))
-- expect: 5 5.5 -9223372036854775808 0.0 3.0
print(math.max(1, 2.5, -1), math.min(1, 2.5, -1), math.max(2, 2.0), math.max(2.0, 2), math.min(1), math.max(10, 9))
-- expect: 2.5 -1 2 2.0 1 10
print(pcall(math.max)) -- expect: false bad argument #1 to 'math.max' (value expected)
print(pcall(math.min, 1, "x")) -- expect: false attempt to compare string with number
print(pcall(math.max, "10", 9)) -- expect: false attempt to compare string with number
print(math.ult(1, 2), math.ult(-1, 2), math.ult(2, -1), math.ult(0, 0))
-- expect: true false true false
print(math.max(0/0, 1) ~= math.max(0/0, 1), math.max(1, 0/0)) -- expect: true 1

--- sqrt, exp, log and trigonometry ---
print(math.sqrt(16), math.sqrt(2), math.sqrt(-1) ~= math.sqrt(-1), math.sqrt(0))
-- expect: 4.0 1.4142135623731 true 0.0
print(math.exp(0), math.exp(1), math.exp(-1), math.exp(1000))
-- expect: 1.0 2.718281828459 0.36787944117144 inf
print(math.log(1), math.log(math.exp(1)), math.log(8, 2), math.log(1000, 10), math.log(81, 3), math.log(0), math.log(-1) ~= math.log(-1))
-- expect: 0.0 1.0 3.0 3.0 4.0 -inf true
print(math.log(1024, 2), math.log(2, 4), math.log(100, 10), math.log(1, 0.5))
-- expect: 10.0 0.5 2.0 -0.0
print(math.sin(0), math.cos(0), math.tan(0), math.asin(1), math.acos(1), math.atan(1))
-- expect: 0.0 1.0 0.0 1.5707963267949 0.0 0.78539816339745
print(("%.12f %.12f %.12f"):format(math.sin(1), math.cos(1), math.tan(1)))
-- expect: 0.841470984808 0.540302305868 1.557407724655
print(math.atan(1, 1), math.atan(-1, -1), math.atan(0, -1), math.atan(1, 0), math.atan(0, 1), math.atan(-0.0, -1))
-- expect: 0.78539816339745 -2.3561944901923 3.1415926535898 1.5707963267949 0.0 -3.1415926535898
print(math.deg(math.pi), math.rad(180), math.deg(1), math.rad(90))
-- expect: 180.0 3.1415926535898 57.295779513082 1.5707963267949

--- tointeger and type ---
print(math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), math.tointeger("x"), math.tointeger({}), math.tointeger(2^63), math.tointeger(-2^63))
-- expect: 3 nil 8 nil nil nil -9223372036854775808
print(math.tointeger("3.0"), math.tointeger("0x10"), math.tointeger(1e308), math.tointeger(0/0), math.tointeger(5))
-- expect: 3 16 nil nil 5
print(math.type(1), math.type(1.0), math.type("1"), math.type(nil), math.type({}))
-- expect: integer float nil nil nil
print(pcall(math.type)) -- expect: false bad argument #1 to 'math.type' (value expected)
print(pcall(math.tointeger)) -- expect: false bad argument #1 to 'math.tointeger' (value expected)

--- number formatting of results ---
print(7 // 1, 7.0 // 1, 2^31, 1e15, 1e16, 0.1 + 0.2, 100 * 1.1, 1 / 3, -1 / 3, 3 * 1.0, 1e3)
-- expect: 7 7.0 2147483648.0 1e+15 1e+16 0.3 110.0 0.33333333333333 -0.33333333333333 3.0 1000.0
print(255 // 1 | 0, 5 // 0.3, 2^-1074, 123456789.123, 5e-7, 12345678901234567890)
-- expect: 255 16.0 4.9406564584125e-324 123456789.123 5e-07 1.2345678901235e+19

--- conversions to integers at the edges ---
print(math.floor(2^62) == 2^62, math.tointeger(2^53 + 1.0), 9007199254740993 + 0.0 == 9007199254740992)
-- expect: true 9007199254740992 true
print(pcall(function() return 1 << 2^63 end))
-- expect: false basics.lua:72: number has no integer representation
print(math.maxinteger + 0.0 == math.maxinteger, math.maxinteger + 0.0 == 2^63, math.mininteger + 0.0 == math.mininteger)
-- expect: false true true
print(math.maxinteger // 1.0 == 2^63, math.maxinteger % 2.0, 3 | 0.0 + 4) -- expect: true 0.0 7

-- Relational operators (manual 3.4.4) between integers, floats and strings.

--- equality ---
print(1 == 1.0, "1" == 1, 0 == -0.0, 0/0 == 0/0, nil == false)
-- expect: true false true false false
print({} == {}, print == print, "a" == "a", ("x"):rep(50) == ("x"):rep(50))
-- expect: false true true true
print(1 ~= 2, 1 ~= 1.0, "0" ~= 0) -- expect: true false true
local t = {}
print(t == t, rawequal(t, t), rawequal(1, 1.0), rawequal("a", "a")) -- expect: true true true true

--- order of numbers ---
print(1 < 2, 1 <= 1.0, 2.5 > 2, 1 >= 1.5, -1 < 0) -- expect: true true true false true
print(math.maxinteger < math.huge, math.mininteger > -math.huge) -- expect: true true
print(0/0 < 1, 0/0 >= 1, 1 < 0/0, 0/0 <= 0/0) -- expect: false false false false

--- large integers against floats are exact ---
local i = 2^53 | 0
print(i + 1 == 2^53 + 1, i + 1 > 2^53, i + 1 <= 2^53, i == 2^53) -- expect: false true false true
print(math.maxinteger < 2^63, math.maxinteger + 0.0 == 2^63, math.maxinteger == 2^63)
-- expect: true true false
print(math.mininteger == -2^63, math.mininteger <= -2^63, math.mininteger < -2^63)
-- expect: true true false
print(math.maxinteger > 9223372036854774784.0, math.maxinteger >= 2^63, 2^63 > math.maxinteger)
-- expect: true false true
print(1 < 1.1, 1 > 0.9, -1 > -1.1, -1 < -0.9, 3 <= 3.5, 4 <= 3.5)
-- expect: true true true true true false

--- order of strings is byte by byte ---
print("a" < "b", "a" < "B", "" < "a", "a" < "aa", "Z" < "a", "10" < "9")
-- expect: true false true true true true
print("a\0b" < "a\0c", "a\0" > "a", "a" <= "a", "b" >= "a", "\xff" > "a")
-- expect: true true true true true

--- mixed types do not compare ---
local function try(f, ...) print((select(2, pcall(f, ...)))) end
-- expect: comparison.lua:46: attempt to compare number with string
-- expect: comparison.lua:46: attempt to compare string with number
-- expect: comparison.lua:46: attempt to compare two table values
-- expect: comparison.lua:46: attempt to compare nil with number
-- expect: comparison.lua:47: attempt to compare two boolean values
-- expect: comparison.lua:47: attempt to compare function with number
-- expect: comparison.lua:54: attempt to compare number with table
-- expect: comparison.lua:55: attempt to compare nil with table
-- expect: comparison.lua:56: attempt to compare number with string
local function lt(a, b) return a < b end
local function le(a, b) return a <= b end
try(lt, 1, "2")
try(lt, "2", 1)
try(lt, {}, {})
try(lt, nil, 1)
try(le, true, false)
try(le, print, 1)
try(function(a) return a > 1 end, {})
try(function(a) return a >= nil end, {})
try(function(a) return 1 < a end, "x")

--- comparison against constants ---
local function f(x)
  return x == 1, x == 1.5, x == "k", x == nil, x == true, x < 10, x > 10, x <= 3, x >= 3
end
print(f(1)) -- expect: true false false false false true false true false
print(f(10)) -- expect: false false false false false false false false true
print(f(10.5)) -- expect: false false false false false false true false true
print(f(-3.25)) -- expect: false false false false false true false true false

--- long strings and constants that are long strings ---
-- (They are compared byte for byte, off the ways of other constants; once the jump went the wrong way.)
local long = ("0123456789"):rep(5)
print(long == "01234567890123456789012345678901234567890123456789") -- expect: true
print(long ~= "01234567890123456789012345678901234567890123456789") -- expect: false
print(long == "01234567890123456789012345678901234567890123456780") -- expect: false
print(long ~= "01234567890123456789012345678901234567890123456780") -- expect: true
print(long == "0123456789012345678901234567890123456789012345678") -- expect: false
if long == "01234567890123456789012345678901234567890123456789" then print("equal") else print("different") end -- expect: equal
if long ~= "01234567890123456789012345678901234567890123456780" then print("different") else print("equal") end -- expect: different

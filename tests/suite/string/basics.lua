-- The simple string functions (manual 6.4).

--- len, sub ---
print(("hello"):len(), ("\0\0"):len(), (""):len()) -- expect: 5 2 0
local s = "123456789"
print(s:sub(2, 4), s:sub(7), s:sub(7, 6), s:sub(7, 7), s:sub(0, 0) == "", s:sub(-10, 10))
-- expect: 234 789  7 true 123456789
print(s:sub(1, 9), s:sub(-10, -20) == "", s:sub(-1), s:sub(-4), s:sub(-6, -4))
-- expect: 123456789 true 9 6789 456
print(s:sub(math.mininteger, -4), s:sub(math.mininteger, math.maxinteger), s:sub(math.maxinteger) == "", s:sub(2.0, "3"))
-- expect: 123456 123456789 true 23
-- (The distance between these two is no integer: builds with checks panicked.)
print(s:sub(math.maxinteger, math.mininteger) == "", #s:sub(math.maxinteger - 1, -5))
-- expect: true 0
print(pcall(s.sub, s, 1.5))
-- expect: false bad argument #2 to 'string.sub' (number has no integer representation)
print(pcall(string.sub))
-- expect: false bad argument #1 to 'string.sub' (string expected, got no value)

--- upper, lower, reverse ---
print(("Hello World! 123"):upper(), ("Hello World! 123"):lower(), ("abc"):reverse(), (""):reverse())
-- expect: HELLO WORLD! 123 hello world! 123 cba
print(("\xe9\xc9"):upper() == "\xe9\xc9", ("a\0b"):reverse() == "b\0a") -- expect: true true

--- rep ---
print(("ab"):rep(3), ("ab"):rep(0) == "", ("ab"):rep(-1) == "", (""):rep(10) == "", ("x"):rep(3, ","), ("x"):rep(1, ","))
-- expect: ababab true true true x,x,x x
print(#("a"):rep(1000, "bc"), (""):rep(3, "-")) -- expect: 2998 --
print(pcall(string.rep, "ab", 1 << 62)) -- expect: false resulting string too large

--- byte and char ---
print(("A"):byte(), ("ABC"):byte(2), ("ABC"):byte(-1), ("ABC"):byte(1, -1))
-- expect: 65 66 67 65 66 67
print(("ABC"):byte(10), (""):byte(), ("ABC"):byte(0), select("#", ("ABC"):byte(3, 2)))
-- expect: nil nil nil 0
print(string.char(72, 105), string.char() == "", #string.char(0, 255)) -- expect: Hi true 2
print(pcall(string.char, 256))
-- expect: false bad argument #1 to 'string.char' (value out of range)
print(pcall(string.char, -1)) -- expect: false bad argument #1 to 'string.char' (value out of range)
print(pcall(string.char, "x"))
-- expect: false bad argument #1 to 'string.char' (number expected, got string)

--- comparison with every byte ---
local all = {}
for i = 0, 255 do all[i + 1] = string.char(i) end
local joined = table.concat(all)
print(#joined, joined:byte(1), joined:byte(256), joined:sub(66, 91))
-- expect: 256 0 255 ABCDEFGHIJKLMNOPQRSTUVWXYZ
local sorted = true
for i = 1, 255 do if not (all[i] < all[i + 1]) then sorted = false end end
print(sorted) -- expect: true

--- methods through the metatable, numbers as strings ---
print(("x"):rep(2):upper():len(), (5 .. ""):rep(2), ("%d"):format(3)) -- expect: 2 55 3
print(string.len(123), string.rep(1.5, 2), string.upper(10), string.sub(12345, 2, 3), string.byte(7))
-- expect: 3 1.51.5 10 23 55
print(pcall(string.len, nil))
-- expect: false bad argument #1 to 'string.len' (string expected, got nil)
print(pcall(string.upper, {}))
-- expect: false bad argument #1 to 'string.upper' (string expected, got table)

--- tostring and tonumber round trips ---
for _, v in ipairs { 0, -0.0, 1, -1, 1.5, 1e15, 1e16, 123456789012345, 0.1, 1 / 3, 1e100, 2 ^ 53, 2 ^ 63, -2 ^ 63, 1e-5, 5e-324, 1.7976931348623157e308 } do
  print(v, tonumber(tostring(v)) == v)
  -- expect: 0 true
  -- expect: -0.0 true
  -- expect: 1 true
  -- expect: -1 true
  -- expect: 1.5 true
  -- expect: 1e+15 true
  -- expect: 1e+16 true
  -- expect: 123456789012345 true
  -- expect: 0.1 true
  -- expect: 0.33333333333333 false
  -- expect: 1e+100 true
  -- expect: 9.007199254741e+15 false
  -- expect: 9.2233720368548e+18 false
  -- expect: -9.2233720368548e+18 false
  -- expect: 1e-05 true
  -- expect: 4.9406564584125e-324 true
  -- expect: 1.7976931348623e+308 false
end
print(1/0, -1/0, math.maxinteger, math.mininteger, 3.0, -3.0, 1e14, 1e15, 123456.789e3)
-- expect: inf -inf 9223372036854775807 -9223372036854775808 3.0 -3.0 1e+14 1e+15 123456789.0

--- interning does not change meaning ---
local t = {}
t["a" .. "b"] = 1
t[("x"):rep(100)] = 2
print(t.ab, t[("x"):rep(50) .. ("x"):rep(50)], ("x"):rep(100) == ("xx"):rep(50)) -- expect: 1 2 true
local long = ("abc"):rep(30)
t[long] = "long"
print(t[("abc"):rep(29) .. "abc"], #long) -- expect: long 90

--- strings with zeros ---
local z = "a\0b\0c"
print(#z, z:sub(3, 3), z:find("\0", 1, true), z:find("%z"), z:gsub("\0", "0"))
-- expect: 5 b 2 2 a0b0c 2
print(("%s|%q"):format("a\0b", "a\0b"):byte(1, -1)) -- expect: 97 0 98 124 34 97 92 48 98 34
print(z == "a\0b\0c", z < "a\0b\0d", ("a\0"):len(), tostring(z) == z) -- expect: true true 2 true

-- string.format (manual 6.4).

local f = string.format

--- integers ---
print(f("%d|%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42, 42)) -- expect: 42|   42|42   |00042|+42| 42
print(f("%i|%d|%d", 7, -7, 3.0), f("%3d|%-3d|%03d", 12345, 12345, 12345))
-- expect: 7|-7|3 12345|12345|12345
print(f("%x|%X|%#x|%o|%#o", 255, 255, 255, 8, 8), f("%x", -1), f("%o", -1))
-- expect: ff|FF|0xff|10|010 ffffffffffffffff 1777777777777777777777
print(f("%.3d|%8.3d|%-8.3d|%+.3d|%.0d", 5, 5, 5, 5, 0)) -- expect: 005|     005|005     |+005|
print(f("%d %d", math.maxinteger, math.mininteger), f("%x", math.mininteger))
-- expect: 9223372036854775807 -9223372036854775808 8000000000000000
print(f("%u", 5) == nil) -- expect: false

--- what %d does not take ---
print(pcall(f, "%d", 1.5))
-- expect: false bad argument #2 to 'string.format' (number has no integer representation)
print(pcall(f, "%d", "1.5"))
-- expect: false bad argument #2 to 'string.format' (number has no integer representation)
print(pcall(f, "%d", "x"))
-- expect: false bad argument #2 to 'string.format' (number expected, got string)
print(pcall(f, "%d")) -- expect: false bad argument #2 to 'string.format' (no value)
print(pcall(f, "%d", {}))
-- expect: false bad argument #2 to 'string.format' (number expected, got table)
print(f("%d", "10"), f("%d", "0x10"), f("%s", 10)) -- expect: 10 16 10

--- floats ---
print(f("%f|%.2f|%10.3f|%-10.3f|%+.1f|%010.2f", 3.14159, 3.14159, 3.14159, 3.14159, 3.14159, 3.14159))
-- expect: 3.141590|3.14|     3.142|3.142     |+3.1|0000003.14
print(f("%e|%.2e|%E", 12345.678, 12345.678, 12345.678))
-- expect: 1.234568e+04|1.23e+04|1.234568E+04
print(f("%g|%g|%g|%g|%.3g|%G", 1e20, 0.0001, 1e-5, 100000, 123456, 1e-10))
-- expect: 1e+20|0.0001|1e-05|100000|1.23e+05|1E-10
print(f("%g|%g|%g|%#g|%.10g", 1, 1.5, 1e15, 1.5, 0.1), f("%.14g|%.17g|%.3f", 0.1, 0.1, 2.0005))
-- expect: 1|1.5|1e+15|1.50000|0.1 0.1|0.10000000000000001|2.001
print(f("%f|%f|%f|%g|%e", 1/0, -1/0, 1e15, 1/0, -1/0), (f("%f", 0/0):gsub("^%-", "")))
-- expect: inf|-inf|1000000000000000.000000|inf|-inf nan
print(f("%.0f|%.0f|%.0f|%.0f|%#.0f", 0.5, 1.5, 2.5, -0.5, 1), f("%5.1f|%5.0f", 9.96, 99.5))
-- expect: 0|2|2|-0|1.  10.0|  100
print(f("%.20f", 0.1), f("%.3f", 1e300):sub(1, 20), #f("%.99f", 1 / 3))
-- expect: 0.10000000000000000555 10000000000000000525 101
print(f("%a|%A|%a|%a", 1, 0.5, -2, 0), f("%.2a", 1 / 3), f("%a", 1/0))
-- expect: 0x1p+0|0X1P-1|-0x1p+1|0x0p+0 0x1.55p-2 inf

--- characters and strings ---
print(f("%c%c%c", 76, 117, 97), #f("%c", 0), f("%5c|%-5c|", 65, 66)) -- expect: Lua 1     A|B    |
print(f("%s|%10s|%-10s|%.2s|%5.1s|", "str", "str", "str", "str", "str"))
-- expect: str|       str|str       |st|    s|
print(f("%s %s %s %s", nil, true, 1.5, 10), f("%.3s", true)) -- expect: nil true 1.5 10 tru
print(f("%s", setmetatable({}, { __tostring = function() return "obj" end }))) -- expect: obj
print(f("%10s|", setmetatable({}, { __tostring = function() return "obj" end })))
-- expect:        obj|
print(pcall(f, "%s")) -- expect: false bad argument #2 to 'string.format' (no value)
print(pcall(f, "%s", setmetatable({}, { __tostring = function() return 1 end }))) -- expect: true 1
print(f("%%"), f("100%%|%s", "x"), f(""), f("plain")) -- expect: % 100%|x  plain
print(#f("%s", ("x"):rep(200)), #f("%.99s", ("x"):rep(200)), pcall(f, "%150s", "x"))
-- expect: 200 99 false invalid conversion specification: '%150s'
print(pcall(f, "%10s", "a\0b"))
-- expect: false bad argument #2 to 'string.format' (string contains zeros)
print(f("%s", "a\0b") == "a\0b") -- expect: true

--- %q ---
print(f("%q", 'a "quoted" \\ string'), f("%q", "tab\tnul\0bell\a1"))
-- expect: "a \"quoted\" \\ string" "tab\9nul\0bell\0071"
print(f("%q", "line\nbreak") == '"line\\\nbreak"', f("%q", "\r"), f("%q", "\0001"))
-- expect: true "\13" "\0001"
print(f("%q", 10), f("%q", -5), f("%q", 1.5), f("%q", 0.1), f("%q", math.mininteger), f("%q", 1/0), f("%q", -1/0), f("%q", 0/0))
-- expect: 10 -5 0x1.8p+0 0x1.999999999999ap-4 0x8000000000000000 1e9999 -1e9999 (0/0)
print(f("%q", true), f("%q", nil), f("%q", 1e100), f("%q", -0.0))
-- expect: true nil 0x1.249ad2594c37dp+332 -0x0p+0
print(pcall(f, "%q", {}))
-- expect: false bad argument #2 to 'string.format' (value has no literal form)
print(pcall(f, "%10q", "x")) -- expect: false specifier '%q' cannot have modifiers
print(load("return " .. f("%q", "a\nb\0c\"\\\r\200"))() == "a\nb\0c\"\\\r\200") -- expect: true
print(load("return " .. f("%q", 1 / 3))() == 1 / 3) -- expect: true

--- %p ---
print(f("%p", 1), f("%p", nil), f("%p", true), f("%5p|", 1)) -- expect: (null) (null) (null) (null)|
local t = {}
print(f("%p", t) == f("%p", t), f("%p", t) ~= f("%p", {}), #f("%40p", t), f("%p", t) == tostring(t):match("0x%x+"))
-- expect: true true 40 true
print(f("%p", "short") == f("%p", "short"), f("%p", print) ~= f("%p", pairs)) -- expect: true true

--- bad directives ---
print(pcall(f, "%y", 1)) -- expect: false invalid conversion '%y' to 'format'
print(pcall(f, "%", 1)) -- expect: false invalid conversion '%' to 'format'
print(pcall(f, "abc%")) -- expect: false bad argument #2 to 'string.format' (no value)
print(pcall(f, "%100d", 1)) -- expect: false invalid conversion specification: '%100d'
print(pcall(f, "%.100f", 1)) -- expect: false invalid conversion specification: '%.100f'
print(pcall(f, "%#s", "x")) -- expect: false invalid conversion specification: '%#s'
print(pcall(f, "%#d", 1)) -- expect: false invalid conversion specification: '%#d'
print(pcall(f, "%0s", "x")) -- expect: false invalid conversion specification: '%0s'
print(pcall(f, "%-+ #0-+ #05d", 1))
-- expect: false invalid conversion specification: '%-+ #0-+ #05d'
print(pcall(f, "% x", 1)) -- expect: false invalid conversion specification: '% x'
print(pcall(f, "%.c", 1)) -- expect: false invalid conversion specification: '%.c'
print(pcall(f, "%ld", 1)) -- expect: false invalid conversion '%l' to 'format'
print(pcall(f)) -- expect: false bad argument #1 to 'string.format' (string expected, got no value)

--- many directives at once ---
local parts, args = {}, {}
for i = 1, 200 do parts[i], args[i] = "%d", i end
local s = f(table.concat(parts, " "), table.unpack(args))
print(#s, s:sub(1, 20), s:sub(-7)) -- expect: 691 1 2 3 4 5 6 7 8 9 10 199 200

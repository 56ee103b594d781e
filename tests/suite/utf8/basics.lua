-- The utf8 library (manual 6.5).

local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end

--- char ---
print(utf8.char(72, 228, 8364, 128512), utf8.char() == "", hex(utf8.char(0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000)))
-- expect: Hä€😀 true 007fc280dfbfe0a080efbfbff0908080
print(hex(utf8.char(0x10FFFF, 0x110000, 0x7FFFFFFF))) -- expect: f48fbfbff4908080fdbfbfbfbfbf
print(pcall(utf8.char, -1)) -- expect: false bad argument #1 to 'utf8.char' (value out of range)
print(pcall(utf8.char, 0x80000000))
-- expect: false bad argument #1 to 'utf8.char' (value out of range)
print(pcall(utf8.char, "x"))
-- expect: false bad argument #1 to 'utf8.char' (number expected, got string)

--- charpattern ---
print(hex(utf8.charpattern)) -- expect: 5b002d7fc22dfd5d5b802dbf5d2a
for c in ("aé€😀"):gmatch(utf8.charpattern) do print(#c) end
-- expect: 1
-- expect: 2
-- expect: 3
-- expect: 4

--- len ---
print(utf8.len("hello"), utf8.len("aé€😀"), utf8.len(""), utf8.len("a\0b")) -- expect: 5 4 0 3
print(utf8.len("aé€", 2), utf8.len("aé€", -3), utf8.len("aé€", 4, 4), utf8.len("abc", 4), utf8.len("abc", 3, 2), utf8.len("abc", 1, -1))
-- expect: 2 1 1 0 0 3
print(utf8.len("a\xffb"), utf8.len("\xc3"), utf8.len("ab\x80"), utf8.len("\u{D800}"), utf8.len("\u{D800}", 1, -1, true), utf8.len("\u{7FFFFFFF}"), utf8.len("\u{7FFFFFFF}", 1, -1, true))
-- expect: nil nil nil nil 1 nil 1
print(pcall(utf8.len, "abc", 5))
-- expect: false bad argument #2 to 'utf8.len' (initial position out of bounds)
print(pcall(utf8.len, "abc", 1, 4))
-- expect: false bad argument #3 to 'utf8.len' (final position out of bounds)
print(pcall(utf8.len, "é", 2)) -- expect: true nil 2
print(pcall(utf8.len, 5), pcall(utf8.len, {}))
-- expect: true false bad argument #1 to 'utf8.len' (string expected, got table)

--- codepoint ---
print(utf8.codepoint("aé€😀", 1, -1)) -- expect: 97 233 8364 128512
print(utf8.codepoint("abc"), utf8.codepoint("abc", 2), utf8.codepoint("abc", -1), select("#", utf8.codepoint("abc", 3, 2)))
-- expect: 97 98 99 0
print(pcall(utf8.codepoint, "é", 2)) -- expect: false invalid UTF-8 code
print(pcall(utf8.codepoint, "abc", 4))
-- expect: false bad argument #3 to 'utf8.codepoint' (out of bounds)
print(pcall(utf8.codepoint, "abc", 0, 1))
-- expect: false bad argument #2 to 'utf8.codepoint' (out of bounds)
print(pcall(utf8.codepoint, "\xff")) -- expect: false invalid UTF-8 code
print(pcall(utf8.codepoint, "\u{110000}"), utf8.codepoint("\u{110000}", 1, 1, true))
-- expect: false 1114112

--- offset ---
local s = "aé€😀z"
print(utf8.offset(s, 1), utf8.offset(s, 2), utf8.offset(s, 3), utf8.offset(s, 4), utf8.offset(s, 5), utf8.offset(s, 6), utf8.offset(s, 7))
-- expect: 1 2 4 7 11 12 nil
print(utf8.offset(s, -1), utf8.offset(s, -2), utf8.offset(s, -5), utf8.offset(s, -6))
-- expect: 11 7 1 nil
print(utf8.offset(s, 0, 3), utf8.offset(s, 0, 5), utf8.offset(s, 0), utf8.offset(s, 2, 4), utf8.offset(s, -1, 4))
-- expect: 2 4 1 7 2
print(pcall(utf8.offset, s, 1, 3)) -- expect: false initial position is a continuation byte
print(pcall(utf8.offset, s, 1, 100))
-- expect: false bad argument #3 to 'utf8.offset' (position out of bounds)
print(pcall(utf8.offset, "abc", 1, 5))
-- expect: false bad argument #3 to 'utf8.offset' (position out of bounds)
print(utf8.offset("", 1), utf8.offset("", 0), utf8.offset("", -1), utf8.offset("abc", 4), utf8.offset("abc", 5))
-- expect: 1 1 nil 4 nil

--- codes ---
--! lua 5.4.8
for p, c in utf8.codes("aé€") do print(p, c) end
-- expect: 1 97
-- expect: 2 233
-- expect: 4 8364
for p, c in utf8.codes("") do print("never") end
print(pcall(function() for _ in utf8.codes("a\xffb") do end end))
-- expect: false basics.lua:73: invalid UTF-8 code
print(pcall(function() for _ in utf8.codes("ab\x80") do end end))
-- expect: false basics.lua:75: invalid UTF-8 code
print(pcall(function() for _ in utf8.codes("\xe4") do end end))
-- expect: false basics.lua:77: invalid UTF-8 code
print(pcall(function() for _ in utf8.codes("\u{D800}") do end end))
-- expect: false basics.lua:79: invalid UTF-8 code
for p, c in utf8.codes("\u{D800}\u{110000}", true) do print(p, c) end
-- expect: 1 55296
-- expect: 4 1114112
print(pcall(utf8.codes))
-- expect: false bad argument #1 to 'utf8.codes' (string expected, got no value)

--- sequences that are not UTF-8 ---
for _, bad in ipairs { "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xED\xA0\x80", "\xFE", "\xC3\x28", "\xE2\x82", "\xBF" } do
  print(hex(bad), utf8.len(bad), (utf8.len(bad, 1, -1, true)))
  -- expect: c080 nil nil
  -- expect: c1bf nil nil
  -- expect: e08080 nil nil
  -- expect: f0808080 nil nil
  -- expect: f4908080 nil 1
  -- expect: eda080 nil 1
  -- expect: fe nil nil
  -- expect: c328 nil nil
  -- expect: e282 nil nil
  -- expect: bf nil nil
end

--- round trips ---
local ok = true
for _, cp in ipairs { 0, 1, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF } do
  if utf8.codepoint(utf8.char(cp)) ~= cp or utf8.len(utf8.char(cp)) ~= 1 then ok = false end
end
print(ok) -- expect: true
local cps = { utf8.codepoint("Grüße, Jürgen ❤", 1, -1) }
print(#cps, utf8.char(table.unpack(cps))) -- expect: 15 Grüße, Jürgen ❤

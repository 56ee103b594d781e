-- Literal strings (manual 3.1): quotes, escapes, long brackets, line ends.

--- simple escapes ---
print(("\a\b\f\n\r\t\v\\\"\'"):byte(1, -1)) -- expect: 7 8 12 10 13 9 11 92 34 39
print("it's", 'say "hi"', "\"", '\'') -- expect: it's say "hi" " '
local two_lines = "a\
b"
print(#"\z", #"", #two_lines) -- expect: 0 0 3

--- decimal, hexadecimal and unicode escapes ---
print("\65\066\0677", "\x41\x4a", "\u{41}\u{48}") -- expect: ABC7 AJ AH
print(("\0\00\000"):byte(1, -1)) -- expect: 0 0 0
print(("\u{7F}\u{80}\u{7FF}\u{800}"):byte(1, -1)) -- expect: 127 194 128 223 191 224 160 128
print(("\u{FFFF}\u{10000}"):byte(1, -1)) -- expect: 239 191 191 240 144 128 128
print(("\u{7FFFFFFF}"):byte(1, -1)) -- expect: 253 191 191 191 191 191
print("\u{0000000000041}", #"\u{0}") -- expect: A 1
print("\1234" == "{4", "\9" == "\t") -- expect: true true

--- \z skips white space and line ends ---
local skipped = "a\z   b\z
       c\z

       d"
print(skipped) -- expect: abcd
print("x\z", "\z  y") -- expect: x y

--- a backslash before a line end is a newline ---
local s = "one\
two"
print(#s, s:byte(4)) -- expect: 7 10

--- long brackets ---
print([[plain]], [==[with ]] and ]=] inside]==], #[[]], [=[]]]=])
-- expect: plain with ]] and ]=] inside 0 ]]
local skipped, kept = [[
first newline skipped]], [[

second kept]]
print(#skipped, #kept) -- expect: 21 12
print([[\n is not an escape]]) -- expect: \n is not an escape
local empty = [=[
]=]
print(#empty) -- expect: 0

--- comments ---
print(1 --[[ inline ]] + 2) -- expect: 3
--[==[ a
long ]] one ]==] print "after" -- expect: after
--[ not long
print "next line" -- expect: next line
--[=
print "also" -- expect: also
---[[ three dashes: a short one
print "again" -- expect: again
--]]

--- line ends of every kind count once ---
local function line(s) return select(2, load(s, "=x")) end
print(line("\n\n?")) -- expect: x:3: unexpected symbol near '?'
print(line("\r\n\r\n?")) -- expect: x:3: unexpected symbol near '?'
print(line("\n\r\n\r?")) -- expect: x:3: unexpected symbol near '?'
print(line("\r\r?")) -- expect: x:3: unexpected symbol near '?'
print(#load("return '\\\r\n'")(), load("return '\\\r\n'")():byte()) -- expect: 1 10
print(#load("return [[\r\na\rb\n\rc]]")(), load("return [[\r\na\rb\n\rc]]")():byte(1, -1))
-- expect: 5 97 10 98 10 99

--- malformed strings ---
for _, s in ipairs {
  "'abc", "'a\nb'", "'\\q'", "'\\400'", "'\\xg0'", "'\\x1'", "'\\u41'", "'\\u{}'", "'\\u{110000000}'",
  "'\\u{41'", "'\\", "[[abc", "[==[a]=]", "--[[ never", "[=x", "'\\300", "\"\\u{zz}\"",
} do
  print((select(2, load("x = " .. s, "=m"))))
  -- expect: m:1: unfinished string near <eof>
  -- expect: m:1: unfinished string near ''a'
  -- expect: m:1: invalid escape sequence near ''\q'
  -- expect: m:1: decimal escape too large near ''\400''
  -- expect: m:1: hexadecimal digit expected near ''\xg'
  -- expect: m:1: hexadecimal digit expected near ''\x1''
  -- expect: m:1: missing '{' near ''\u4'
  -- expect: m:1: hexadecimal digit expected near ''\u{}'
  -- expect: m:1: UTF-8 value too large near ''\u{110000000'
  -- expect: m:1: missing '}' near ''\u{41''
  -- expect: m:1: unfinished string near <eof>
  -- expect: m:1: unfinished long string (starting at line 1) near <eof>
  -- expect: m:1: unfinished long string (starting at line 1) near <eof>
  -- expect: m:1: unfinished long comment (starting at line 1) near <eof>
  -- expect: m:1: invalid long string delimiter near '[='
  -- expect: m:1: decimal escape too large near ''\300'
  -- expect: m:1: hexadecimal digit expected near '"\u{z'
end

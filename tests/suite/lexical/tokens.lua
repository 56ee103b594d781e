-- Names, operators and layout (manual 3.1).

--- names ---
local _, _x, x1, _VERSIONx, __index, a_b = 1, 2, 3, 4, 5, 6
print(_, _x, x1, _VERSIONx, __index, a_b) -- expect: 1 2 3 4 5 6
local And, END, goto_, continue, global, const, match, type_ = 1, 2, 3, 4, 5, 6, 7, 8
print(And + END + goto_ + continue + global + const + match + type_) -- expect: 36

--- white space is free ---
local t={1,2,3;n=4}print(#t,t.n) -- expect: 3 4
local
y
=
5 print(y);;;; -- expect: 5
local z = -
-y print(- - y, not not y, z) -- expect: 5 true 5

--- operators are the longest match ---
print(1 .. 2, "a".."b", 2//1, 1<<2>>1, 5~=6, ~5, 5~6) -- expect: 12 ab 2 2 true -6 3
print(#"abc"==3, -2^2, not nil==true) -- expect: true -4.0 true
local f = function(...) return select("#", ...) end
print(f(...), f(1,...)) -- expect: 0 1
print(1--[[x]]..2) -- expect: 12

--- soft words of extensions are names ---
local continue = function(v) return v end
local defer, try, export = continue, continue, continue
print(continue(1), defer(2), try(3), export(4)) -- expect: 1 2 3 4
match = function(a) return a end
print(match "x", match { 1 }[1], match(3)) -- expect: x 1 3
type = type
const = 1
print(const) -- expect: 1

--- a shebang line is skipped in files, not in strings ---
print(load("#!/usr/bin/env lua\nreturn 1", "=x")) -- expect: nil x:1: unexpected symbol near '#'
local n = os.tmpname()
local f = io.open(n, "w")
f:write("#!/usr/bin/env lua\nreturn ...")
f:close()
print(loadfile(n)(7)) -- expect: 7
f = io.open(n, "w")
f:write("\xEF\xBB\xBF# with a byte order mark\nerror('at line 2', 1)")
f:close()
print((select(2, pcall(loadfile(n))):gsub("^.*:2:", "line 2:"))) -- expect: line 2: at line 2
os.remove(n)

--- unexpected symbols ---
for _, s in ipairs {
  "x = @", "x = $", "x = 5 !", "?", "x = $a", "\1", "x = \200", "local 1", "x == 1", "x =", "= 1",
  "goto = 1", "local end = 1", "print(1", "{}", "x.1 = 2", "for", "::a", "break 1 = 2", "f() = 1", "a.b:c = 1",
  "(a) = 1 b", "a + 1", "'s'", "x = }", "return return", "return 1,", "local function", "local x <", "local x <foo> = 1",
} do
  print((select(2, load(s, "=m"))))
  -- expect: m:1: unexpected symbol near '@'
  -- expect: m:1: unexpected symbol near '$'
  -- expect: m:1: unexpected symbol near '!'
  -- expect: m:1: unexpected symbol near '?'
  -- expect: m:1: unexpected symbol near '$'
  -- expect: m:1: unexpected symbol near '<\1>'
  -- expect: m:1: unexpected symbol near '<\200>'
  -- expect: m:1: <name> expected near '1'
  -- expect: m:1: syntax error near '=='
  -- expect: m:1: unexpected symbol near <eof>
  -- expect: m:1: unexpected symbol near '='
  -- expect: m:1: <name> expected near '='
  -- expect: m:1: <name> expected near 'end'
  -- expect: m:1: ')' expected near <eof>
  -- expect: m:1: unexpected symbol near '{'
  -- expect: m:1: syntax error near '.1'
  -- expect: m:1: <name> expected near <eof>
  -- expect: m:1: '::' expected near <eof>
  -- expect: m:1: unexpected symbol near '1'
  -- expect: m:1: syntax error near '='
  -- expect: m:1: function arguments expected near '='
  -- expect: m:1: syntax error near '='
  -- expect: m:1: syntax error near '+'
  -- expect: m:1: unexpected symbol near ''s''
  -- expect: m:1: unexpected symbol near '}'
  -- expect: m:1: unexpected symbol near 'return'
  -- expect: m:1: unexpected symbol near <eof>
  -- expect: m:1: <name> expected near <eof>
  -- expect: m:1: <name> expected near <eof>
  -- expect: m:1: unknown attribute 'foo'
end

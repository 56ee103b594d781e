-- Texts of syntax errors: what `load` returns.

local function try(s) print((select(2, load(s, "=m")):match("^[^\n]*"))) end

--- missing tokens ---
try "if x" -- expect: m:1: 'then' expected near <eof>
try "if x then" -- expect: m:1: 'end' expected near <eof>
try "if x then else" -- expect: m:1: 'end' expected near <eof>
try "if x then elseif" -- expect: m:1: unexpected symbol near <eof>
try "while x" -- expect: m:1: 'do' expected near <eof>
try "while x do" -- expect: m:1: 'end' expected near <eof>
try "for" -- expect: m:1: <name> expected near <eof>
try "for i" -- expect: m:1: '=' or 'in' expected near <eof>
try "for i =" -- expect: m:1: unexpected symbol near <eof>
try "for i = 1" -- expect: m:1: ',' expected near <eof>
try "for i = 1, 2" -- expect: m:1: 'do' expected near <eof>
try "for i = 1, 2 do" -- expect: m:1: 'end' expected near <eof>
try "for a, b" -- expect: m:1: 'in' expected near <eof>
try "for a in b" -- expect: m:1: 'do' expected near <eof>
try "repeat" -- expect: m:1: 'until' expected near <eof>
try "repeat until" -- expect: m:1: unexpected symbol near <eof>
try "function" -- expect: m:1: <name> expected near <eof>
try "function f" -- expect: m:1: '(' expected near <eof>
try "function f(" -- expect: m:1: <name> or '...' expected near <eof>
try "function f(a" -- expect: m:1: ')' expected near <eof>
try "function f(a," -- expect: m:1: <name> or '...' expected near <eof>
try "function f(...," -- expect: m:1: ')' expected near ','
try "function f()" -- expect: m:1: 'end' expected near <eof>
try "local" -- expect: m:1: <name> expected near <eof>
try "local function" -- expect: m:1: <name> expected near <eof>
try "return {" -- expect: m:1: unexpected symbol near <eof>
try "return {1" -- expect: m:1: '}' expected near <eof>
try "return {[1]" -- expect: m:1: '=' expected near <eof>
try "return {[1" -- expect: m:1: ']' expected near <eof>
try "x = {a =" -- expect: m:1: unexpected symbol near <eof>
try "f(" -- expect: m:1: unexpected symbol near <eof>
try "f(a" -- expect: m:1: ')' expected near <eof>
try "a.b." -- expect: m:1: <name> expected near <eof>
try "a:b" -- expect: m:1: function arguments expected near <eof>
try "a[" -- expect: m:1: unexpected symbol near <eof>
try "do" -- expect: m:1: 'end' expected near <eof>
try "goto" -- expect: m:1: <name> expected near <eof>
try "::x" -- expect: m:1: '::' expected near <eof>

--- where an opener stands is said when it is on another line ---
try "if x then\n\n" -- expect: m:3: 'end' expected (to close 'if' at line 1) near <eof>
try "function f()\nif x then\nend\n"
-- expect: m:4: 'end' expected (to close 'function' at line 1) near <eof>
try "f(\n1,\n2" -- expect: m:3: ')' expected (to close '(' at line 1) near <eof>
try "return {\n1,\n2" -- expect: m:3: '}' expected (to close '{' at line 1) near <eof>
try "return (1 +\n2" -- expect: m:2: ')' expected (to close '(' at line 1) near <eof>
try "while true do\nx = 1\n" -- expect: m:3: 'end' expected (to close 'while' at line 1) near <eof>
try "repeat\nx = 1\n" -- expect: m:3: 'until' expected (to close 'repeat' at line 1) near <eof>
try "for i = 1, 2 do\n\n)" -- expect: m:3: unexpected symbol near ')'

--- tokens that cannot stand there ---
try "end" -- expect: m:1: <eof> expected near 'end'
try "x" -- expect: m:1: syntax error near <eof>
try "x.y" -- expect: m:1: syntax error near <eof>
try "x y" -- expect: m:1: syntax error near 'y'
try "1 = 2" -- expect: m:1: unexpected symbol near '1'
try "f() = 1" -- expect: m:1: syntax error near '='
try "a, f() = 1, 2" -- expect: m:1: syntax error near '='
try "local x.y = 1" -- expect: m:1: unexpected symbol near '.'
try "local 'x' = 1" -- expect: m:1: <name> expected near ''x''
try "function 1() end" -- expect: m:1: <name> expected near '1'
try "function a.b:c.d() end" -- expect: m:1: '(' expected near '.'
try "return return" -- expect: m:1: unexpected symbol near 'return'
try "x = 1 2" -- expect: m:1: unexpected symbol near '2'
try "x = )" -- expect: m:1: unexpected symbol near ')'
try "x = a..b.." -- expect: m:1: unexpected symbol near <eof>
try "f{" -- expect: m:1: unexpected symbol near <eof>
try "break break" -- expect: m:1: break outside loop at line 1
try "else" -- expect: m:1: <eof> expected near 'else'
try "until x" -- expect: m:1: <eof> expected near 'until'
try "x = function end" -- expect: m:1: '(' expected near 'end'
try "x = #" -- expect: m:1: unexpected symbol near <eof>
try "x = not" -- expect: m:1: unexpected symbol near <eof>
try "x = and" -- expect: m:1: unexpected symbol near 'and'
try "(x" -- expect: m:1: ')' expected near <eof>
try "x = [=[" -- expect: m:1: unfinished long string (starting at line 1) near <eof>
try "local x <const" -- expect: m:1: '>' expected near <eof>
try "for 1 = 1, 2 do end" -- expect: m:1: <name> expected near '1'
try "a.1 = 2" -- expect: m:1: syntax error near '.1'
try "return 1, 2," -- expect: m:1: unexpected symbol near <eof>
try "{}" -- expect: m:1: unexpected symbol near '{'
try "'string'" -- expect: m:1: unexpected symbol near ''string''
try "...\n= 1" -- expect: m:1: unexpected symbol near '...'

--- varargs, goto, break, attributes ---
try "function f() return ... end"
-- expect: m:1: cannot use '...' outside a vararg function near '...'
try "local function f() local t = {...} end"
-- expect: m:1: cannot use '...' outside a vararg function near '...'
try "goto l" -- expect: m:1: no visible label 'l' for <goto> at line 1
try "do goto l end local x ::l:: print(x)"
-- expect: m:1: <goto l> at line 1 jumps into the scope of local 'x'
try "::a:: ::a::" -- expect: m:1: label 'a' already defined on line 1
try "break" -- expect: m:1: break outside loop at line 1
try "function f() break end" -- expect: m:1: break outside loop at line 1
try "while true do function f() break end end" -- expect: m:1: break outside loop at line 1
try "local x <const> = 1; x = 2" -- expect: m:1: attempt to assign to const variable 'x'
try "local x <foo> = 1" -- expect: m:1: unknown attribute 'foo'
try "local x <close>, y <close> = 1, 2"
-- expect: m:1: multiple to-be-closed variables in local list

--- limits ---
try("local " .. ("a, "):rep(200) .. "b")
-- expect: m:1: too many local variables (limit is 200) in main function near <eof>
try("return " .. ("("):rep(201) .. "1" .. (")"):rep(201)) -- expect: C stack overflow
try(("do "):rep(201) .. ("end "):rep(201)) -- expect: C stack overflow
try("return " .. ("{"):rep(201) .. ("}"):rep(201)) -- expect: C stack overflow
try("x = " .. ("-"):rep(1) .. ("not "):rep(250) .. "1") -- expect: C stack overflow
try("x = " .. ("a.."):rep(250) .. "b") -- expect: C stack overflow
local ups = {}
for i = 1, 256 do ups[i] = ("local v%d"):format(i) end
try("x" .. ("= 1"):rep(2)) -- expect: m:1: unexpected symbol near '='

--- chunk names ---
print((select(2, load("x =", "@file.lua")))) -- expect: file.lua:1: unexpected symbol near <eof>
print((select(2, load("x =", "=name")))) -- expect: name:1: unexpected symbol near <eof>
print((select(2, load("x =")))) -- expect: [string "x ="]:1: unexpected symbol near <eof>
print((select(2, load("x =\n1 2", "x =\n1 2"))))
-- expect: [string "x =..."]:2: unexpected symbol near '2'
print((select(2, load("x = 'a", ("long text "):rep(10)))))
-- expect: [string "long text long text long text long text long ..."]:1: unfinished string near <eof>
print((select(2, load("x =", "@" .. ("d/"):rep(40) .. "file.lua"))))
-- expect: ...d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/file.lua:1: unexpected symbol near <eof>
print((select(2, load("x =", "=" .. ("n"):rep(80)))))
-- expect: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn:1: unexpected symbol near <eof>
print((select(2, load("\n\n\nx =", "")))) -- expect: [string ""]:4: unexpected symbol near <eof>

--- bytes that are no tokens ---
try "x = \0" -- expect: m:1: unexpected symbol
try "\27Lua" -- expect: m: bad binary format (truncated chunk)
try "x = ~" -- expect: m:1: unexpected symbol near <eof>
try "x = !y" -- expect: m:1: unexpected symbol near '!'
try "x = a != b" -- expect: m:1: unexpected symbol near '!'
try "x = a && b" -- expect: m:1: unexpected symbol near '&'
try "x = a ? b : c" -- expect: m:1: unexpected symbol near '?'
try "x +* 1" -- expect: m:1: syntax error near '+'
try "x++" -- expect: m:1: syntax error near '+'
try "// comment" -- expect: m:1: unexpected symbol near '//'
try "local é = 1" -- expect: m:1: <name> expected near '<\195>'
try "x = \"\\q\"" -- expect: m:1: invalid escape sequence near '"\q'

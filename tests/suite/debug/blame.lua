-- How run-time errors name the value they are about (variables, fields, constants, metamethods).
--! lua 5.4.8
local function try(s, ...) print((select(2, pcall(load(s, "=s"), ...)))) end

--- indexing ---
try "local a; a.x = 1" -- expect: s:1: attempt to index a nil value (local 'a')
try "local a; return a.x" -- expect: s:1: attempt to index a nil value (local 'a')
try "local a; return a[1]" -- expect: s:1: attempt to index a nil value (local 'a')
try "local a = {}; return a.b.c" -- expect: s:1: attempt to index a nil value (field 'b')
try "local a = {}; return a.b.c.d" -- expect: s:1: attempt to index a nil value (field 'b')
try "local a = {b={}}; return a.b.c.d" -- expect: s:1: attempt to index a nil value (field 'c')
try "x.y.z = 1" -- expect: s:1: attempt to index a nil value (global 'x')
try "return x.y" -- expect: s:1: attempt to index a nil value (global 'x')
try "return x.y.z" -- expect: s:1: attempt to index a nil value (global 'x')
try "local a = {}; return a[1].x" -- expect: s:1: attempt to index a nil value (field 'integer index')
try "local a = {}; local k = 'kk'; return a[k].x" -- expect: s:1: attempt to index a nil value (field '?')
try "local a = {}; return a['k' .. 'k'].x" -- expect: s:1: attempt to index a nil value (field '?')
try "local a = {}; return a[{}].x" -- expect: s:1: attempt to index a nil value (field '?')
try "local a = {}; return a[2.5].x" -- expect: s:1: attempt to index a nil value (field '?')
try "local a = {}; return a[300].x" -- expect: s:1: attempt to index a nil value (field '?')
try "local a; return (function () return a.x end)()" -- expect: s:1: attempt to index a nil value (upvalue 'a')
try "local a; return (function () a.x = 1 end)()" -- expect: s:1: attempt to index a nil value (upvalue 'a')
try "local a; return (function () return a[1] end)()" -- expect: s:1: attempt to index a nil value (upvalue 'a')
try "local a; return (function () return a.b.c end)()" -- expect: s:1: attempt to index a nil value (upvalue 'a')
try "return (1).x" -- expect: s:1: attempt to index a number value
try "return ('x').y.z" -- expect: s:1: attempt to index a nil value (field 'y')
try "return nil .. 'x'" -- expect: s:1: attempt to concatenate a nil value
try "return (nil).x" -- expect: s:1: attempt to index a nil value
try "return true.x" -- expect: attempt to call a nil value
try "return (true)[1]" -- expect: s:1: attempt to index a boolean value
try "return (print).x" -- expect: s:1: attempt to index a function value (global 'print')
try "local t = setmetatable({}, {__index = 10}); return t.x" -- expect: s:1: attempt to index a number value
try "local t = setmetatable({}, {__newindex = 10}); t.x = 1" -- expect: s:1: attempt to index a number value
try "local t = setmetatable({}, {__index = function (t, k) return k.x.y end}); return t.x" -- expect: s:1: attempt to index a nil value (field 'x')
try "local _ENV = {}; return x.y" -- expect: s:1: attempt to index a nil value (global 'x')
try "local _ENV = nil; return x" -- expect: s:1: attempt to index a nil value (local '_ENV')
try "local _ENV = nil; x = 1" -- expect: s:1: attempt to index a nil value (local '_ENV')
try "local _ENV = 5; return x.y" -- expect: s:1: attempt to index a number value (local '_ENV')
try "local function f(_ENV) return x.y end; return f{}" -- expect: s:1: attempt to index a nil value (global 'x')
try "local e = _ENV; return e.x.y" -- expect: s:1: attempt to index a nil value (field 'x')
try "local t = {_ENV={}}; return t._ENV.x.y" -- expect: s:1: attempt to index a nil value (field 'x')
try "return ('_ENV').x.y" -- expect: s:1: attempt to index a nil value (field 'x')

--- calls ---
try "f()" -- expect: s:1: attempt to call a nil value (global 'f')
try "return f()" -- expect: s:1: attempt to call a nil value (global 'f')
try "local f; f()" -- expect: s:1: attempt to call a nil value (local 'f')
try "local f; return f()" -- expect: s:1: attempt to call a nil value (local 'f')
try "local f; (function () f() end)()" -- expect: s:1: attempt to call a nil value (upvalue 'f')
try "local t = {}; t.f()" -- expect: s:1: attempt to call a nil value (field 'f')
try "local t = {}; t:f()" -- expect: s:1: attempt to call a nil value (method 'f')
try "local t = {}; t.f.g()" -- expect: s:1: attempt to index a nil value (field 'f')
try "local t = {f={}}; t.f:g()" -- expect: s:1: attempt to call a nil value (method 'g')
try "local t = {}; t[1]()" -- expect: s:1: attempt to call a nil value (field 'integer index')
try "local t = {}; t[1][2]()" -- expect: s:1: attempt to index a nil value (field 'integer index')
try "local t = {}; local i = 1; t[i]()" -- expect: s:1: attempt to call a nil value (field '?')
try "('x')()" -- expect: s:1: attempt to call a string value (constant 'x')
try "(1)()" -- expect: s:1: attempt to call a number value
try "({})()" -- expect: s:1: attempt to call a table value
try "(function () end)()()" -- expect: s:1: attempt to call a nil value
try "string.foo()" -- expect: s:1: attempt to call a nil value (field 'foo')
try "string.rep.x()" -- expect: s:1: attempt to index a function value (field 'rep')
try "('x'):foo()" -- expect: s:1: attempt to call a nil value (method 'foo')
try "('x'):rep():foo()" -- expect: s:1: bad argument #1 to 'rep' (number expected, got no value)
try "local s = 'x'; s:foo()" -- expect: s:1: attempt to call a nil value (method 'foo')
try "for i in 3 do end" -- expect: s:1: attempt to call a number value (for iterator 'for iterator')
try "for i in nil do end" -- expect: s:1: attempt to call a nil value (for iterator 'for iterator')
try "for i in {} do end" -- expect: s:1: attempt to call a table value (for iterator 'for iterator')
try "local t = {}; for i in t do end" -- expect: s:1: attempt to call a table value (for iterator 'for iterator')
try "for k, v in next, {}, {} do end" -- expect: invalid key to 'next'
try "f(g())" -- expect: s:1: attempt to call a nil value (global 'g')
try "print(g())" -- expect: s:1: attempt to call a nil value (global 'g')
try "print(1, 2, g.h())" -- expect: s:1: attempt to index a nil value (global 'g')
try "local a, b, c, d; print(a, b, c, d())" -- expect: s:1: attempt to call a nil value (local 'd')
try "local t = setmetatable({}, {__call = 1}); t()" -- expect: s:1: attempt to call a number value (local 't')
try "local t = setmetatable({}, {__call = {}}); local x = t(1)" -- expect: s:1: attempt to call a table value (local 't')
try "return setmetatable({}, {__index = {}}):foo()" -- expect: s:1: attempt to call a nil value (method 'foo')
try "local t = setmetatable({}, {__add = 1}); return t + 1" -- expect: s:1: attempt to call a number value (metamethod 'add')
try "local t = setmetatable({}, {__concat = {}}); return t .. 1" -- expect: s:1: attempt to call a table value (metamethod 'concat')
try "local t = setmetatable({}, {__lt = {}}); return t < 1" -- expect: s:1: attempt to call a table value (metamethod 'lt')
try "local t = setmetatable({}, {__le = {}}); return t <= t" -- expect: s:1: attempt to call a table value (metamethod 'le')
try "local t = setmetatable({}, {__eq = {}}); return t == setmetatable({}, getmetatable(t))" -- expect: s:1: attempt to call a table value (metamethod 'eq')
try "local t = setmetatable({}, {__unm = 3}); return -t" -- expect: s:1: attempt to call a number value (metamethod 'unm')
try "local t = setmetatable({}, {__bnot = 3}); return ~t" -- expect: s:1: attempt to call a number value (metamethod 'bnot')
try "local t = setmetatable({}, {__len = 3}); return #t" -- expect: s:1: attempt to call a number value (metamethod 'len')
try "local t = setmetatable({}, {__index = 3}); return t[1]" -- expect: s:1: attempt to index a number value
try "local t = setmetatable({}, {__shl = 3}); return t << 1" -- expect: s:1: attempt to call a number value (metamethod 'shl')
try "local t = setmetatable({}, {__sub = 3}); return t - 1" -- expect: s:1: attempt to call a number value (metamethod 'sub')
try "local t = setmetatable({}, {__sub = 3}); return t - 1000000" -- expect: s:1: attempt to call a number value (metamethod 'sub')
try "local t = setmetatable({}, {__sub = 3}); return 1 - t" -- expect: s:1: attempt to call a number value (metamethod 'sub')
try "local t = setmetatable({}, {__close = 3}); do local x <close> = t end" -- expect: s:1: attempt to call a number value (metamethod 'close')

--- arithmetic ---
try "local a; return a + 1" -- expect: s:1: attempt to perform arithmetic on a nil value (local 'a')
try "local a; return 1 + a" -- expect: s:1: attempt to perform arithmetic on a nil value (local 'a')
try "local a; return a + a" -- expect: s:1: attempt to perform arithmetic on a nil value (local 'a')
try "local a, b; return a + b" -- expect: s:1: attempt to perform arithmetic on a nil value (local 'a')
try "local a = 1; local b; return a + b" -- expect: s:1: attempt to perform arithmetic on a nil value (local 'b')
try "return x + 1" -- expect: s:1: attempt to perform arithmetic on a nil value (global 'x')
try "return 1 + x" -- expect: s:1: attempt to perform arithmetic on a nil value (global 'x')
try "return x + y" -- expect: s:1: attempt to perform arithmetic on a nil value (global 'x')
try "return x.y + 1" -- expect: s:1: attempt to index a nil value (global 'x')
try "local t = {}; return t.x + 1" -- expect: s:1: attempt to perform arithmetic on a nil value (field 'x')
try "local t = {}; return 1 + t.x" -- expect: s:1: attempt to perform arithmetic on a nil value (field 'x')
try "local t = {}; return t.x * t.y" -- expect: s:1: attempt to perform arithmetic on a nil value (field 'x')
try "local t = {}; return t[1] - 5" -- expect: s:1: attempt to perform arithmetic on a nil value (field 'integer index')
try "local t = {}; return 2 ^ t" -- expect: s:1: attempt to perform arithmetic on a table value (local 't')
try "local t = {}; return t // 2" -- expect: s:1: attempt to perform arithmetic on a table value (local 't')
try "local t = {}; return t % 2" -- expect: s:1: attempt to perform arithmetic on a table value (local 't')
try "local t = {}; return -t" -- expect: s:1: attempt to perform arithmetic on a table value (local 't')
try "local t = {}; return -t.x" -- expect: s:1: attempt to perform arithmetic on a nil value (field 'x')
try "return -{}" -- expect: s:1: attempt to perform arithmetic on a table value
try "return {} + 1" -- expect: s:1: attempt to perform arithmetic on a table value
try "return 1 + {}" -- expect: s:1: attempt to perform arithmetic on a table value
try "return {} + {}" -- expect: s:1: attempt to perform arithmetic on a table value
try "return true + 1" -- expect: s:1: attempt to perform arithmetic on a boolean value
try "return 'a' + 1" -- expect: s:1: attempt to add a 'string' with a 'number'
try "return 'a' + 'b'" -- expect: s:1: attempt to add a 'string' with a 'string'
try "return 1 + 'b'" -- expect: s:1: attempt to add a 'number' with a 'string'
try "return {} + 'b'" -- expect: s:1: attempt to add a 'table' with a 'string'
try "return 'b' + {}" -- expect: s:1: attempt to add a 'string' with a 'table'
try "return -'b'" -- expect: s:1: attempt to unm a 'string' with a 'string'
try "return print + 1" -- expect: s:1: attempt to perform arithmetic on a function value (global 'print')
try "local a; return (function () return a + 1 end)()" -- expect: s:1: attempt to perform arithmetic on a nil value (upvalue 'a')
try "local a; return (function () return 1 - a end)()" -- expect: s:1: attempt to perform arithmetic on a nil value (upvalue 'a')
try "local a = 1; local b = a + nil" -- expect: s:1: attempt to perform arithmetic on a nil value
try "return 10 // 0" -- expect: s:1: attempt to divide by zero
try "return 10 % 0" -- expect: s:1: attempt to perform 'n%0'
try "local a = 10; return a // 0" -- expect: s:1: attempt to divide by zero
try "local a = 10; return a % 0" -- expect: s:1: attempt to perform 'n%0'

--- bitwise operations ---
try "return 1 | 1.5" -- expect: s:1: number has no integer representation
try "return 1.5 | 1" -- expect: s:1: number has no integer representation
try "local a = 1.5; return a | 1" -- expect: s:1: number (local 'a') has no integer representation
try "local a = 1.5; return 1 | a" -- expect: s:1: number (local 'a') has no integer representation
try "local a = 1.5; return a & a" -- expect: s:1: number (local 'a') has no integer representation
try "return 1 << 1e100" -- expect: s:1: number has no integer representation
try "return ~1.5" -- expect: s:1: number has no integer representation
try "local x = 1.5; return ~x" -- expect: s:1: number (local 'x') has no integer representation
try "return x | 1" -- expect: s:1: attempt to perform bitwise operation on a nil value (global 'x')
try "return 1 | {}" -- expect: s:1: attempt to perform bitwise operation on a table value
try "local t = {}; return t.x | 1" -- expect: s:1: attempt to perform bitwise operation on a nil value (field 'x')
try "return 'a' | 1" -- expect: s:1: attempt to perform bitwise operation on a string value (constant 'a')
try "return 1 | 'a'" -- expect: s:1: attempt to perform bitwise operation on a string value (constant 'a')
try "return '1.5' | 1" -- expect: s:1: attempt to perform bitwise operation on a string value (constant '1.5')
try "local a = '1.5'; return a | 1" -- expect: s:1: attempt to perform bitwise operation on a string value (local 'a')
try "local a = 'x'; return a | {}" -- expect: s:1: attempt to perform bitwise operation on a string value (local 'a')
try "local a = 2^53; local b = 2^70; return a ~ b" -- expect: s:1: number (local 'b') has no integer representation
try "local t = {}; return 1.5 ~ t" -- expect: s:1: attempt to perform bitwise operation on a table value (local 't')
try "local t = {}; return t ~ 1.5" -- expect: s:1: attempt to perform bitwise operation on a table value (local 't')
try "return math.huge << 1" -- expect: s:1: number (field 'huge') has no integer representation

--- concatenation and length ---
try "return x .. 'a'" -- expect: s:1: attempt to concatenate a nil value (global 'x')
try "return 'a' .. x" -- expect: s:1: attempt to concatenate a nil value (global 'x')
try "local a; return 'a' .. a" -- expect: s:1: attempt to concatenate a nil value (local 'a')
try "local a; return a .. 'a' .. 'b'" -- expect: s:1: attempt to concatenate a nil value (local 'a')
try "local a; return 'a' .. a .. 'b'" -- expect: s:1: attempt to concatenate a nil value (local 'a')
try "local a; return 'a' .. 'b' .. a" -- expect: s:1: attempt to concatenate a nil value (local 'a')
try "return 'a' .. {} .. 'b'" -- expect: s:1: attempt to concatenate a table value
try "return 1 .. true" -- expect: s:1: attempt to concatenate a boolean value
try "return {} .. 1" -- expect: s:1: attempt to concatenate a table value
try "local t = {}; return 'x' .. t.y .. 'z'" -- expect: s:1: attempt to concatenate a nil value (field 'y')
try "return #nil" -- expect: s:1: attempt to get length of a nil value
try "return #x" -- expect: s:1: attempt to get length of a nil value (global 'x')
try "local a; return #a" -- expect: s:1: attempt to get length of a nil value (local 'a')
try "local t = {}; return #t.x" -- expect: s:1: attempt to get length of a nil value (field 'x')
try "local a; return (function () return #a end)()" -- expect: s:1: attempt to get length of a nil value (upvalue 'a')
try "return #5" -- expect: s:1: attempt to get length of a number value

--- comparison ---
try "return {} < {}" -- expect: s:1: attempt to compare two table values
try "return {} < 1" -- expect: s:1: attempt to compare table with number
try "return 1 < {}" -- expect: s:1: attempt to compare number with table
try "return 'a' < 1" -- expect: s:1: attempt to compare string with number
try "return 1 <= 'a'" -- expect: s:1: attempt to compare number with string
try "return nil > 1" -- expect: s:1: attempt to compare number with nil
try "local a; return a > 1" -- expect: s:1: attempt to compare number with nil
try "local a; return 1 >= a" -- expect: s:1: attempt to compare nil with number
try "return true < false" -- expect: s:1: attempt to compare two boolean values
try "return print < print" -- expect: s:1: attempt to compare two function values
try "return {} <= print" -- expect: s:1: attempt to compare table with function
try "return x < y" -- expect: s:1: attempt to compare two nil values

--- numeric loops ---
try "for i = 'a', 2 do end" -- expect: s:1: bad 'for' initial value (number expected, got string)
try "for i = 1, 'x' do end" -- expect: s:1: bad 'for' limit (number expected, got string)
try "for i = 1, 2, {} do end" -- expect: s:1: bad 'for' step (number expected, got table)
try "for i = 1, 2, 0 do end" -- expect: s:1: 'for' step is zero
try "for i = 1.0, 2, 0 do end" -- expect: s:1: 'for' step is zero
try "for i = nil, 2 do end" -- expect: s:1: bad 'for' initial value (number expected, got nil)
try "for i = 1, nil do end" -- expect: s:1: bad 'for' limit (number expected, got nil)
try "for i = print, {}, 'x' do end" -- expect: s:1: bad 'for' limit (number expected, got table)

--- table keys ---
try "local t = {}; t[nil] = 1" -- expect: s:1: table index is nil
try "local t = {}; t[0/0] = 1" -- expect: s:1: table index is NaN
try "t = {}; t[x] = 1" -- expect: s:1: table index is nil
try "return rawset({}, nil, 1)" -- expect: table index is nil
try "return {[nil] = 1}" -- expect: s:1: table index is nil

--- to-be-closed variables ---
try "local x <close> = 1" -- expect: s:1: variable 'x' got a non-closable value
try "local x <close> = {}" -- expect: s:1: variable 'x' got a non-closable value
try "local t = {}; local x <const>, y <close> = 1, t" -- expect: s:1: variable 'y' got a non-closable value
try "for k in pairs{}, 1, 2, 3 do end" -- expect: s:1: variable '(for state)' got a non-closable value

--- and, or, branches, blocks ---
try "local a, b; (a or b).x = 1" -- expect: s:1: attempt to index a nil value
try "local a, b; (a and b)()" -- expect: s:1: attempt to call a nil value
try "(x or y)()" -- expect: s:1: attempt to call a nil value
try "(x or y).z()" -- expect: s:1: attempt to index a nil value
try "local t = {}; (t.x or t.y)()" -- expect: s:1: attempt to call a nil value
try "local t = {}; return (t.x and 1 or t.y) + 1" -- expect: s:1: attempt to perform arithmetic on a nil value
try "local a = 1; return (a == 1) + 1" -- expect: s:1: attempt to perform arithmetic on a boolean value
try "local a = 1; return (a < 2) .. {}" -- expect: s:1: attempt to concatenate a boolean value
try "local a = 1; return (not a).x" -- expect: s:1: attempt to index a boolean value
try "local a if x then a = y else a = z end a()" -- expect: s:1: attempt to call a nil value (local 'a')
try "local a; if x then a = 1 end; return a.b" -- expect: s:1: attempt to index a nil value (local 'a')
try "while true do local q = {}; q.w.e = 1 end" -- expect: s:1: attempt to index a nil value (field 'w')
try "repeat local q; until q.x" -- expect: s:1: attempt to index a nil value (local 'q')
try "goto a; do local z end ::a:: w.e = 1" -- expect: s:1: attempt to index a nil value (global 'w')

--- variable arguments ---
try("local a = ...; a.b.c = 1", {}) -- expect: s:1: attempt to index a nil value (field 'b')
try("local a, b = ...; b()", 1) -- expect: s:1: attempt to call a nil value (local 'b')
try("(...)()", 1) -- expect: s:1: attempt to call a number value
try("return (...).x", nil) -- expect: s:1: attempt to index a nil value
try("local t = {...}; t[1]()", 1) -- expect: s:1: attempt to call a number value (field 'integer index')
try("return select('#', ...) + ...", {}) -- expect: s:1: attempt to perform arithmetic on a table value

--- multiple assignment ---
try "local a, b = 1; a, b.x = 1, 2" -- expect: s:1: attempt to index a nil value (local 'b')
try "a.b, c = 1, 2" -- expect: s:1: attempt to index a nil value (global 'a')

--- names that are no identifiers ---
try "local t = {}; t['a b'].c = 1" -- expect: s:1: attempt to index a nil value (field 'a b')
try "local t = {}; t['a b']()" -- expect: s:1: attempt to call a nil value (field 'a b')
try "_G['a b']()" -- expect: s:1: attempt to call a nil value (field 'a b')
try "_ENV['a b']()" -- expect: s:1: attempt to call a nil value (global 'a b')
try "local long = {}; long.aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee()" -- expect: s:1: attempt to call a nil value (field 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee')
try "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee()" -- expect: s:1: attempt to call a nil value (global 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee')

--- lines of errors ---
try "local a\n\n\n=\n1\n+\nx" -- expect: s:6: attempt to perform arithmetic on a nil value (global 'x')
try "f(\n1,\n2\n)" -- expect: s:1: attempt to call a nil value (global 'f')
try "local t = {}\nt\n.x\n.y\n=\n1" -- expect: s:6: attempt to index a nil value (field 'x')
try "return\n1\n..\n{}\n..\n'x'" -- expect: s:5: attempt to concatenate a table value

--- stripped code ---
local function strip (s) return load(string.dump(load(s, "=s"), true)) end
print(pcall(strip "local a; a.x = 1")) -- expect: false ?:-1: attempt to index a nil value
print(pcall(strip "x.y.z = 1")) -- expect: false ?:-1: attempt to index a nil value (field 'x')
print(pcall(strip "local t = {}; t.x.y = 1")) -- expect: false ?:-1: attempt to index a nil value (field 'x')
print(pcall(strip "local t = {}; t:foo()")) -- expect: false ?:-1: attempt to call a nil value (method 'foo')
print(pcall(strip "return f()")) -- expect: false ?:-1: attempt to call a nil value (field 'f')
print(pcall(strip "local a = {}; local b = a; return (function () return b + 1 end)()")) -- expect: false ?:-1: attempt to perform arithmetic on a table value (upvalue '?')
print(pcall(strip "error('x')")) -- expect: false x
print(pcall(strip "error('x', 2)")) -- expect: false x
print(pcall(strip "string.rep()")) -- expect: false bad argument #1 to 'rep' (string expected, got no value)

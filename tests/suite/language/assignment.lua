-- Compound assignment and `const`.

--- every operator ---
local a = 7
a += 3 print(a) -- expect: 10
a -= 4 print(a) -- expect: 6
a *= 5 print(a) -- expect: 30
a //= 4 print(a) -- expect: 7
a %= 4 print(a) -- expect: 3
a ^= 2 print(a) -- expect: 9.0
a /= 2 print(a) -- expect: 4.5
local b = 12
b &= 10 print(b) -- expect: 8
b |= 3 print(b) -- expect: 11
b <<= 2 print(b) -- expect: 44
b >>= 1 print(b) -- expect: 22
local s = "x"
s ..= "y" .. 1 print(s) -- expect: xy1
local n
n ??= 5 n ??= 6 print(n) -- expect: 5
local f = false
f ??= 1 print(f) -- expect: false

--- the whole right side is one operand ---
local x = 2
x *= 1 + 2 print(x) -- expect: 6
x -= 1 - 1 print(x) -- expect: 6
x ..= 1 == 1 and "t" or "f" print(x) -- expect: 6t

--- table and key are evaluated once ---
local log, t = {}, {10}
local function get(n) log[#log + 1] = n return t end
local function key(k) log[#log + 1] = k return k end
get("t")[key(1)] += 5
get("u")[key(1)] ??= error
get("v").x ??= 3
print(t[1], t.x, table.concat(log, " ")) -- expect: 15 3 t 1 u 1 v

--- before the value, which may change the variables ---
local first, second = {n = 1}, {n = 100}
local p = first
p.n += (function() p = second return 5 end)()
print(first.n, second.n) -- expect: 6 100
local i, q = 1, {10, 20}
q[i] += (function() i = 2 return 1 end)()
print(q[1], q[2]) -- expect: 11 20
local function upvalues()
  p = first
  p.n += (function() p = second return 5 end)()
end
upvalues()
print(first.n, second.n) -- expect: 11 100

--- `??=` does not evaluate the value in vain ---
local t = {a = 1}
t.a ??= error("no")
t.b ??= "set"
print(t.a, t.b) -- expect: 1 set

--- metamethods ---
local t = setmetatable({}, {__index = function(_, k) return k .. "!" end, __newindex = function(t, k, v) rawset(t, k, v) end})
t.x ..= "?"
print(rawget(t, "x")) -- expect: x!?
local v = setmetatable({}, {__add = function(a, b) return "sum" end})
v += 1
print(v) -- expect: sum

--- globals and upvalues ---
count = 1
count += 1
local function up() count += 1 local c = 0 return function() c += 2 return c end end
local f = up() f()
print(count, f()) -- expect: 3 4

--- `~=` stays a comparison, one target, no calls ---
print(load "a ~= 1" == nil, load "a, b += 1" == nil, load "f() += 1" == nil, load "(a) += 1" == nil)
-- expect: true true true true

--- const ---
const a, b = 1, 2
const function fact(n) return if n < 2 then 1 else n * fact(n - 1) end
print(a + b, fact(5)) -- expect: 3 120
print(load "const x = 1 x = 2") -- expect: nil [string "const x = 1 x = 2"]:1: attempt to assign to const variable 'x'
print(load "const x = 1 x += 2") -- expect: nil [string "const x = 1 x += 2"]:1: attempt to assign to const variable 'x'
print(load "const function f() end f = 1") -- expect: nil [string "const function f() end f = 1"]:1: attempt to assign to const variable 'f'
--! skip oracle the texts are no Lua 5.4

--- a line break is no semicolon ---
local t = {}
const
x = 5
print(x) -- expect: 5

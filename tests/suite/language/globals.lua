-- `global`, as in Lua 5.5.

--- declared names ---
X = 1
do
  global Y, print
  Y = 1
  print(Y) -- expect: 1
end
X = 2
print(X, Y) -- expect: 2 1

--- others are refused ---
print(load "global a; b = 1") -- expect: nil [string "global a; b = 1"]:1: variable 'b' not declared
print(load "global X <close> = 1") -- expect: nil [string "global X <close> = 1"]:1: global variables cannot be to-be-closed
print(load "global _ENV, a; a = 1") -- expect: nil [string "global _ENV, a; a = 1"]:1: _ENV is global when accessing variable 'a'
print(load "global _ENV; local _ENV = {}; a = 1") -- expect: nil [string "global _ENV; local _ENV = {}; a = 1"]:1: variable 'a' not declared
print(load "global a, _ENV; local _ENV <const> = {}; a = 1" ~= nil) -- expect: true
print(load "global a; a = 1; local function f() return b end")
-- expect: nil [string "global a; a = 1; local function f() return b ..."]:1: variable 'b' not declared
print(load "global a; do global * b = 1 end" ~= nil) -- expect: true
--! skip oracle the texts are no Lua 5.4

--- constant ones ---
print(load "global<const> *; x = 1") -- expect: nil [string "global<const> *; x = 1"]:1: attempt to assign to const variable 'x'
print(load "global a <const>, b; b = 1; a = 1") -- expect: nil [string "global a <const>, b; b = 1; a = 1"]:1: attempt to assign to const variable 'a'
print(load "global<const> print; print(1) local print = 1 print = 2" ~= nil) -- expect: true
print(load "global a <close>" == nil) -- expect: true
--! skip oracle the texts are no Lua 5.4

--- a declaration hides a local variable ---
local v = "local"
do
  global v, print
  v = "global"
  print(v) -- expect: global
end
print(v) -- expect: local

--- with values ---
global *
global a, b = 1, 2
global function f(n) return if n == 0 then "f" else f(n - 1) end
print(a, b, f(3)) -- expect: 1 2 f
print(pcall(load "global a = 5")) -- expect: false [string "global a = 5"]:1: global 'a' already defined
print(a) -- expect: 1
--! skip oracle the texts are no Lua 5.4

--- prefixed attributes ---
local <const> p, q = 1, 2
print(p + q, load "local <const> x = 1; x = 2" == nil) -- expect: 3 true

--- declared globals are no local variables: the limit does not count them ---
local many = {}
for i = 1, 1000 do many[i] = "global x" .. i end
many[#many + 1] = "x990 = 11 return x990"
print(assert(load(table.concat(many, ";")))()) -- expect: 11
local mixed = {}
for i = 1, 200 do mixed[i] = ("global x%d; local y%d = %d"):format(i, i, 2 * i) end
mixed[#mixed + 1] = "x200 = 11 return x200 + y200"
print(assert(load(table.concat(mixed, ";")))()) -- expect: 411
print(load "goto l2; global *; ::l1:: ::l2:: print(3)") -- expect: nil [string "goto l2; global *; ::l1:: ::l2:: print(3)"]:1: <goto l2> at line 1 jumps into the scope of local '*'
--! skip oracle the texts are no Lua 5.4

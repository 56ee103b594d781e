-- Parsing expression grammars: the module lpeg.
--! skip oracle PUC Lua has none

local lpeg = require "lpeg"
local P, S, R, V, C, Cc, Cg, Cb, Cmt, Cp, Cs, Ct, Cf, Carg =
  lpeg.P, lpeg.S, lpeg.R, lpeg.V, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cb, lpeg.Cmt, lpeg.Cp, lpeg.Cs, lpeg.Ct, lpeg.Cf, lpeg.Carg

local function try(...) return select(2, pcall(...)) end

--- matches ---
print(P "abc":match "abcd", P "abc":match "abd", P(2):match "a", P(-1):match "", P(true):match "x") -- expect: 4 nil nil 1 1
print((R "az" ^ 1):match "abc1", (S "ab" ^ 0):match "xyz", (P "a" ^ -2):match "aaa") -- expect: 4 1 3
print((P "a" + "b"):match "b", (P "a" * "b"):match "ab", (1 - P "a"):match "a", (#P "a"):match "a", (-P "a"):match "b") -- expect: 2 3 nil 1 1
print(lpeg.B "a":match("ab", 2), lpeg.utfR(0x80, 0x7ff):match "é", lpeg.type(P "a"), lpeg.type "a") -- expect: 2 3 pattern nil

--- the place to begin ---
print(C(1):match("abc", 2), C(1):match("abc", -1), P(true):match("abc", 99)) -- expect: b c 4

--- captures ---
print((C "a" * Cp() * Cc(nil, 1)):match "ab") -- expect: a 2 nil 1
print(Ct(C(1) * Cg(C(1), "x") * Cg(1)):match "abc".x, #Ct(C(1) ^ 0):match "abc") -- expect: b 3
print(Cs((P "a" / "<%0>" + 1) ^ 0):match "banana") -- expect: b<a>n<a>n<a>
print((Cg(C(2), "x") * Cb "x"):match "ab", (C(1) * C(1) / "%2%1%%"):match "ab", (C(1) * C(1) / 2):match "ab") -- expect: ab ba% b
print((R "09" ^ 1 / tonumber):match "42", (C(1) / {a = 1}):match "a", (P(1) / {}):match "a") -- expect: 42 1 2
print(Cf(C(1) * C(1) ^ 0, function(a, b) return b .. a end):match "abc") -- expect: cba
print((C(1) * (C(1) % function(a, b) return a .. "-" .. b end) ^ 0):match "abc") -- expect: a-b-c
print((Carg(1) * Carg(2)):match("", 1, "x", "y")) -- expect: x y

--- functions that decide ---
local even = Cmt(R "09" ^ 1, function(_, position, digits) return tonumber(digits) % 2 == 0 and position, digits end)
print((even + C(1)):match "24", (even + C(1)):match "25") -- expect: 24 2
print(P(function(subject, position) return position + 1, subject end):match "abc") -- expect: abc
print(try(P(function() return 99 end).match, P(function() return 99 end), "abc")) -- expect: invalid position returned by match-time capture

--- grammars ---
local balanced = P {"(" * ((1 - S "()") + V(1)) ^ 0 * ")"}
print(balanced:match "(a(b)c)", balanced:match "(a(b)c") -- expect: 8 nil
local sum = P {
  "sum",
  sum = V "product" * (S "+" * V "product") ^ 0 / function(...) local n = 0 for _, x in ipairs {...} do n = n + x end return n end,
  product = V "number" * ("*" * V "number") ^ 0 / function(...) local n = 1 for _, x in ipairs {...} do n = n * x end return n end,
  number = R "09" ^ 1 / tonumber,
}
print(sum:match "1+2*3+4") -- expect: 11
print(try(P, {V(1)})) -- expect: rule '1' may be left recursive
print(try(P, {"a", a = V "b"})) -- expect: rule 'b' undefined in given grammar
print(try(P, {(P "" + "a") * V(1)})) -- expect: rule '1' may be left recursive
print(try(lpeg.match, V "x", "")) -- expect: rule 'x' used outside a grammar

--- limits ---
print(try(function() return P "" ^ 0 end)) -- expect: lpeg.lua:51: loop body may accept empty string
local deep = P {"(" * V(1) * ")" + P "x"}
print(try(deep.match, deep, ("("):rep(1000) .. "x" .. (")"):rep(1000))) -- expect: backtrack stack overflow (current limit is 400)
lpeg.setmaxstack(5000)
print(deep:match(("("):rep(1000) .. "x" .. (")"):rep(1000))) -- expect: 2002
local nested = C(1)
for _ = 1, 300 do nested = Ct(nested) end
print(try(nested.match, nested, "x")) -- expect: subcapture nesting too deep

--- errors come out of functions, and coroutines cannot yield in them ---
print(try(lpeg.match, P(1) / function() error("inside", 0) end, "x")) -- expect: inside
print(coroutine.wrap(function() return try(lpeg.match, P(1) / coroutine.yield, "x") end)()) -- expect: attempt to yield across a C-call boundary

--- long work is done in pieces ---
print(Cs((P "a" / "b" + 1) ^ 0):match(("a"):rep(20000)) == ("b"):rep(20000)) -- expect: true
print(#Ct(Cmt(1, function() return true, 1 end) ^ 0):match(("x"):rep(3000))) -- expect: 3000

--- at most so many, however many ---
-- (They were nested, and 1,000 of them too deep.)
local word = C(R "az" ^ 1) * P " " ^ -1
local words = Ct(word * word ^ -1500) * Cp()
local all = ("ab "):rep(2000)
local found, behind = words:match(all)
print(#found, behind) -- expect: 1501 4504
print((P "ab" ^ -3 * Cp()):match "ababa", (P "ab" ^ -3 * P "a"):match "ababa") -- expect: 5 6
print((P "a" ^ -2 * P "a"):match "aa", (P "a" ^ -2 * P "a"):match "aaa") -- expect: nil 4
print((C(P "ab" + P "a") ^ -2 * Cp()):match "abax") -- expect: ab a 4
print(((P "x" ^ -1) ^ -3 * Cp()):match "xx", (P(true) ^ -2):match "") -- expect: 3 1

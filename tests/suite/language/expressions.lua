-- `if` expressions, `?.` and `??`.

--- if expressions ---
local function sign(n) return if n < 0 then "-" elseif n > 0 then "+" else "0" end
print(sign(-1), sign(1), sign(0)) -- expect: - + 0
local x = if true then 1 else 2 + 10
print(x, (if false then 1 else 2) + 10) -- expect: 1 12
print(if nil then 1 else if false then 2 else 3) -- expect: 3
print(#{if true then table.unpack({1, 2, 3}) else 0}) -- expect: 1

--- only the taken branch is evaluated ---
local function no() error "no" end
print(if true then 1 else no(), if false then no() else 2) -- expect: 1 2
print(if 1 == 1 and 2 == 2 then "y" else no()) -- expect: y

--- nil coalescing ---
print(nil ?? 1, false ?? 1, 0 ?? 1) -- expect: 1 false 0
print(nil ?? nil ?? 3, nil ?? false ?? 4) -- expect: 3 false
local function no() error "no" end
print(1 ?? no(), false or nil ?? 5, nil ?? 1 and 2) -- expect: 1 5 2
local function two() return nil, 2 end
print(two() ?? 7, (nil ?? two())) -- expect: 7 nil
local t = {}
print(1 + (t.x ?? 2) * 3, t.x ?? 1 .. "a", not nil ?? 1) -- expect: 7 1a true

--- optional chaining ---
local o = {a = {b = {c = 1}, f = function(self, n) return n or "none" end}, g = function(n) return n end}
print(o?.a?.b?.c, o?.x?.b?.c, o.a?.["b"]?.c, o.g?.(5), o.h?.(5), o.a?.:f(6), o.z?.:f(6)) -- expect: 1 nil 1 5 nil 6 nil
local n = nil
print(n?.a.b.c.d, n?.[error()], n?.(error()), n?.:m(error()), n?.a[error()](error())) -- expect: nil nil nil nil nil

--- parentheses end the chain ---
local n = nil
print(pcall(function() return (n?.a).b end) == false) -- expect: true
print(select("#", n?.a), select("#", n?.f())) -- expect: 1 1

--- false is a value ---
local t = {f = false}
print(pcall(function() return t.f?.x end) == false) -- expect: true

--- chains as statements ---
local log = {}
local function note(x) log[#log + 1] = x return x end
local n, t = nil, {u = {}}
n?.f(note "no")
n?.x = note "no"
n?.x.y.z = note "no"
t?.x = note "x"
t?.u.y = note "y"
t.u?.["z"] = note "z"
n?.x += note "no"
t?.x ..= note "!"
t.v?.w ??= note "no"
t?.u?.q ??= note "q"
print(t.x, t.u.y, t.u.z, t.u.q, table.concat(log)) -- expect: x! y z q xyz!q
print(load "a?.b, c = 1, 2" == nil, load "a?.b" == nil, load "a?.() = 1" == nil) -- expect: true true true

--- not before a digit ---
print(load "return a?.5" == nil) -- expect: true

--- deep in other expressions ---
local t = {n = 1}
local r = {x = t?.n ?? 0, [t?.k ?? "k"] = if t then 2 else 3}
print(r.x, r.k, (t?.m ?? {z = 4}).z, -(t?.n ?? 1), #(t?.s ?? "abc")) -- expect: 1 2 4 -1 3
while t?.stop ?? (t.n > 3) == false do t.n += 1 if t.n > 5 then break end end
print(t.n) -- expect: 4

--- coroutines yield in them ---
local co = coroutine.wrap(function()
  local v = coroutine.yield(1) ?? coroutine.yield(2)
  local w = if coroutine.yield(3) then coroutine.yield(4) else coroutine.yield(5)
  return v, w, coroutine.yield(6)?.x
end)
print(co(), co(nil), co("v"), co(true), co("w"), co({x = "x"})) -- expect: 1 2 3 4 6 v w x

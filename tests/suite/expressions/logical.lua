-- Logical operators (manual 3.4.5), short circuit, values as conditions.

--- values ---
print(10 or 20, nil or "a", nil and 10, false and nil, false or nil, 10 and 20)
-- expect: 10 a nil false nil 20
print(not nil, not false, not 0, not "", not {}) -- expect: true true false false false
print(nil == false or "other", 1 and nil, false or false, 0 and "zero is true", "" and "so is this")
-- expect: other nil false zero is true so is this

--- only what is needed is evaluated ---
local log = {}
local function v(name, value)
  log[#log + 1] = name
  return value
end
local r = v("a", false) and v("b", 1) or v("c", 2)
print(r, table.concat(log, " ")) -- expect: 2 a c
log = {}
r = (v("a", nil) or v("b", false)) and v("c", 1)
print(r, table.concat(log, " ")) -- expect: false a b
log = {}
if v("a", 1) and not v("b", nil) or v("c", 1) then print(table.concat(log, " ")) end -- expect: a b

--- nested in conditions ---
local function f(a, b, c)
  if a and b or c then return "yes" else return "no" end
end
print(f(1, 1, nil), f(1, nil, nil), f(nil, 1, 1), f(nil, nil, 1)) -- expect: yes no yes yes
local function g(a, b) return not (a and b), not a or not b, a and b and true or false end
print(g(1, 1)) -- expect: false false true
print(g(nil, 1)) -- expect: true true false
print(g(false, nil)) -- expect: true true false

--- comparisons inside logical expressions ---
local function h(x) return x > 1 and x < 5 and "in" or x == 7 and "seven" or "out" end
print(h(2), h(5), h(7), h(0)) -- expect: in out seven out
local a, b = 1, 2
print(a < b and a or b, a > b and a or b, (a == 1) == true, (a == 1) == (b == 2))
-- expect: 1 2 true true
local x = a == 1 and b == 3
print(x, a == 1 or b == 3, not (a == 1), not (a ~= 1 or b ~= 2)) -- expect: false true false true
while a < 3 and b do a = a + 1 end
print(a) -- expect: 3
repeat a = a - 1 until a < 0 or not b
print(a) -- expect: -1

--- function calls are cut to one value ---
local function two() return nil, 2 end
print(two() or "default", (two()), two() and 1) -- expect: default nil nil
print((two() or two())) -- expect: nil
local t = { two() or 5, two() }
print(#t, t[1], t[3]) -- expect: 3 5 2

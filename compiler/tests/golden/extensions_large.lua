local t = {x = 1, y = 2, pos = {3, 4}, list = {5, 6, 7, 8}}
local {x, y = yy, z ?? 9, w = ww ?? x + 1} = t
print(x, yy, z, ww)
local {pos = [px, py], list = [l1, ...rest]} = t
print(px, py, l1, #rest, rest[3])
local [ [a], b ?? 2] = { {1} }
print(a, b)
for i, {name, age ?? 0} in ipairs{ {name = "A", age = 1}, {name = "B"} } do print(i, name, age) end
local function f({x, y}, [p, q] = {7, 8}) return x, y, p, q end
print(f{x = 1, y = 2})
local function m(v)
  match v do
    case 1 then return "one"
    case 2 | 3 then return "few"
    case nil then return "nil"
    case "a" then return
    case -1 then return "neg"
    case {kind = "circle", r} then return "circle", r
    case {kind = "sq", size = {w, h}} if w == h then return "square", w
    case {kind = "sq", size = {w, h}} then return "rect", w, h
    case [] then return "empty"
    case [p, q] then return "two", p, q
    case [first, ...rest] then return "many", first, #rest
    case {tag = "x" | "y"} then return "xy"
    case true | {ok = true} then return "ok"
    case n if type(n) == "number" then return "num", n
    else return "other"
  end
end
print(m(1)) print(m(3)) print(m(nil)) print(m("a")) print(m(-1))
print(m{kind = "circle", r = 5}) print(m{kind="sq", size={w=2,h=2}}) print(m{kind="sq", size={w=2,h=3}})
print(m{}) print(m{1,2}) print(m{1,2,3}) print(m{tag="y", 1, 2, 3}) print(m(true)) print(m(42)) print(m(print))
local function s(v)
  match v do case 1 then print "one" case 2 | 3 if v == 3 then print "three" case _ then print "rest" end
end
s(1) s(2) s(3)
if local q = tonumber("5") then print("q", q) elseif local r = 1 then print(r) else print("none") end
if local q = tonumber("z") then print("q", q) elseif local r = tonumber("8") then print("r", r) else print("none", q) end
if local q = tonumber("z") then print("q", q) elseif false then print("f") else print("none", q) end
local it = (function() local n = 0 return function() n += 1 return if n < 4 then n else nil end end)()
while local v = it() do if v == 2 then continue end print("v", v) end
do
  defer print("deferred 1")
  defer do print("deferred 2") end
  print("body")
end
local function tr(...)
  for i = 1, 3 do
    try do
      if i == 1 then continue end
      if i == 2 then error("boom") end
      return i, ...
    catch e then
      print("caught", e)
    finally do
      print("finally", i, ...)
    end
  end
end
print(tr("x", nil))
print(pcall(function() try do error({}) finally do print "fin" end end))
local function g()
  try do return 1, 2 catch e then return 3 end
end
print(g())
local function h()
  while true do
    try do
      try do break catch e then print "no" end
    catch e then print "no2" end
  end
  try do goto done catch e then end
  print "skipped"
  ::done::
  return "h"
end
print(h())
global *
global function gf(n) return n end
global counter = 5
print(gf(3), counter)

-- `match`.

--- literals ---
local function m(v)
  match v do
    case 1 then return "one"
    case 2 | 3 then return "few"
    case -1 then return "minus"
    case "s" then return "string"
    case nil then return "nil"
    case true | false then return "boolean"
    case 2.5 then return "float"
    else return "other"
  end
end
print(m(1), m(2), m(3.0), m(-1), m("s"), m(nil), m(false), m(2.5), m({})) -- expect: one few few minus string nil boolean float other

--- no arm taken ---
match 5 do case 6 then print "no" end
match 5 do end
match 5 do else print "else" end -- expect: else

--- names and guards ---
local function size(n)
  match n do
    case 0 then return "zero"
    case x if x < 10 then return `small {x}`
    case x then return `large {x}`
  end
end
print(size(0), size(5), size(50)) -- expect: zero small 5 large 50
match 1 do case 1 if false then print "no" case _ then print "rest" end -- expect: rest

--- shapes ---
local function shape(s)
  match s do
    case {kind = "circle", r} then return "circle", r
    case {kind = "rect", size = [w, h]} if w == h then return "square", w
    case {kind = "rect", size = [w, h]} then return "rect", w, h
    case {tag = "a" | "b"} then return "tagged"
    else return "unknown"
  end
end
print(shape {kind = "circle", r = 2}) -- expect: circle 2
print(shape {kind = "rect", size = {2, 2}}) -- expect: square 2
print(shape {kind = "rect", size = {2, 3}}) -- expect: rect 2 3
print(shape {tag = "b"}, shape {kind = "rect", size = {1}}, shape "x", shape {}) -- expect: tagged unknown unknown unknown

--- lists ---
local function list(t)
  match t do
    case [] then return "empty"
    case [x] then return "one", x
    case [x, 0] then return "x and zero", x
    case [x, y, ...rest] then return "many", x, y, #rest
  end
end
print(list {}) -- expect: empty
print(list {7}) -- expect: one 7
print(list {7, 0}) -- expect: x and zero 7
print(list {1, 2}) -- expect: many 1 2 0
print(list {1, 2, 3, 4}) -- expect: many 1 2 2
print(select("#", list "string")) -- expect: 0

--- alternatives that bind ---
local function f(v)
  match v do
    case [x, _] | {ok = x} if x then return x
    case 1 | (2) | {n = (3 | 4)} then return "number"
    else return "no"
  end
end
print(f {ok = "a"}, f {"b", 1}, f(2), f {n = 4}, f {n = 5}) -- expect: a b number number no

--- a name takes nil, too ---
local empty = {}
match empty do case {x} then print("x", x) end -- expect: x nil
match nil do case v then print("v", v) end -- expect: v nil

--- the value is evaluated once ---
local n = 0
local function next() n += 1 return n end
match next() do case 2 then print "two" case 1 then print "one" case _ then print "?" end -- expect: one
print(n) -- expect: 1

--- jumps out of arms ---
for i = 1, 5 do
  match i do
    case 1 then continue
    case 2 | 3 then io.write(i, " ")
    case 4 then break
  end
  io.write("after ")
end
print() -- expect: 2 after 3 after
local function r(x)
  match x do
    case 1 then return
    case 2 then return 2
    case {x} if x then return x
  end
  return "end"
end
print(r(1), r(2), r {x = 3}, r {}) -- expect: nil 2 3 end

--- heads ---
local v, t = 3, {k = 3}
local function ok() io.write("ok ") end
match t.k do case 3 then ok() end
match -v do case -3 then ok() end
match #"abc" do case 3 then ok() end
match not v do case false then ok() end
match `{v}` do case "3" then ok() end
match if v then 1 else 2 do case 1 then ok() end
match v + 1 do case 4 then ok() end
match 3 do case 3 then ok() end
match nil do case nil then ok() end
match function() end do case {} then elseif_ = 1 case f then ok() end
match true do case true then ok() end
print() -- expect: ok ok ok ok ok ok ok ok ok ok ok
print(load "match (x) do case 1 then end" == nil, load "match x do 1 then end" == nil) -- expect: true true

--- nested ---
local pair = {1, {2}}
match pair do
  case [a, [b]] then
    match a + b do
      case 3 then print("three", a, b) -- expect: three 1 2
      case 4 then print "four"
    end
end

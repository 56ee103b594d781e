-- while, repeat, if, break, do, return (manual 3.3.1 to 3.3.4).

--- while ---
local n, s = 0, ""
while n < 5 do
  n = n + 1
  if n == 2 then goto skip end
  s = s .. n
  ::skip::
end
print(s) -- expect: 1345
while false do print "never" end
while nil do end
while true do break end
print "out" -- expect: out

--- repeat sees the locals of its body ---
local i = 0
repeat
  local done = i >= 3
  i = i + 1
until done
print(i) -- expect: 4
local f
repeat
  local x = i
  f = function() return x end
until f() == i
print(f()) -- expect: 4

--- if chains ---
local function kind(x)
  if x == nil then return "nil"
  elseif x == false then return "false"
  elseif x == 0 then return "zero"
  elseif type(x) == "number" and x < 0 then return "negative"
  else return "other" end
end
print(kind(), kind(false), kind(0), kind(-1), kind(1), kind("s"))
-- expect: nil false zero negative other other

--- break leaves the innermost loop ---
local out = {}
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then break end
    out[#out + 1] = i .. j
  end
  if i == 2 then break end
end
print(table.concat(out, " ")) -- expect: 11 21
do
  local k = 0
  while true do
    repeat k = k + 1 if k > 3 then break end until false
    if k > 5 then break end
  end
  print(k) -- expect: 6
end
print((select(2, load("break", "=m")))) -- expect: m:1: break outside loop at line 1
print((select(2, load("do local x; break end", "=m")))) -- expect: m:1: break outside loop at line 1
print((select(2, load("for i = 1, 2 do end\n\nlocal function f() break end", "=m"))))
-- expect: m:3: break outside loop at line 3

--- return is last in its block ---
print((function() return end)()) -- expect:
print((function() do return 1 end print "never" end)()) -- expect: 1
print((function() return 1, 2, 3; end)()) -- expect: 1 2 3
print(select("#", (function() return end)()), select("#", (function() end)())) -- expect: 0 0
print((select(2, load("return 1 print(2)", "=m")))) -- expect: m:1: <eof> expected near 'print'

--- a loop makes fresh locals every time round ---
local fs = {}
for i = 1, 3 do
  local j = i * 10
  fs[i] = function(d) j = j + (d or 0) return i, j end
end
fs[1](5)
print(fs[1]()) -- expect: 1 15
print(fs[2]()) -- expect: 2 20
print(fs[3](1)) -- expect: 3 31
fs = {}
local w = 0
while w < 3 do
  w = w + 1
  local v = w
  fs[w] = function() return v end
end
print(fs[1](), fs[2](), fs[3]()) -- expect: 1 2 3

--- constant conditions ---
if nil then print "no" elseif false then print "no" elseif 0 then print "zero" end -- expect: zero
if not nil then print "not nil" end -- expect: not nil
if "x" and 1 then print "both" end -- expect: both
repeat local never = true until never
while not true do end
print(1 == 1 and "eq" or "ne") -- expect: eq

--- long jumps ---
local body = {}
for i = 1, 3000 do body[i] = "x = x + 1" end
body = table.concat(body, "\n")
print(load("local x = 0 for i = 1, 2 do " .. body .. " end return x")()) -- expect: 6000
print(load("local x = 0 while x < 1 do " .. body .. " end return x")()) -- expect: 3000
print(load("local x = 0 repeat if x > 0 then break end " .. body .. " until false return x")())
-- expect: 3000
print(load("local x = ... if x then x = 0 " .. body .. " else x = 'else' end return x")(true))
-- expect: 3000
print(load("local x = ... if x then x = 0 " .. body .. " else x = 'else' end return x")(false))
-- expect: else

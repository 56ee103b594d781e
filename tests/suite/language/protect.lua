-- `defer` and `try`.

--- defer ---
do
  defer print "first"
  local x = 1
  defer do print("second", x) end
  x = 2
  print "body"
end
-- expect: body
-- expect: second 2
-- expect: first

--- defer: however the scope is left ---
local function f(how)
  for i = 1, 2 do
    defer io.write("d", i, " ")
    if how == "break" then break end
    if how == "return" then return end
    if how == "continue" then continue end
    if how == "error" then error "e" end
  end
end
f() print() -- expect: d1 d2
f "break" print() -- expect: d1
f "return" print() -- expect: d1
f "continue" print() -- expect: d1 d2
print(pcall(f, "error") == false) -- expect: d1 true

--- defer: varargs, errors, coroutines ---
local function f(...) defer print("deferred", ...) return select("#", ...) end
print(f(1, nil, 3))
-- expect: deferred 1 nil 3
-- expect: 3
print(select(2, pcall(function() defer error("late", 0) error("early", 0) end))) -- expect: late
local co = coroutine.create(function() defer print "closed" coroutine.yield(1) end)
coroutine.resume(co)
print(coroutine.close(co))
-- expect: closed
-- expect: true
local n = nil
do defer n?.f() end

--- catch ---
try do print "body" catch e then print(e) end -- expect: body
try do error("boom", 0) catch e then print(e) end -- expect: boom
local obj = {}
try do error(obj) catch e then print(e == obj) end -- expect: true
try do error(nil) catch e then print(e) end -- expect: nil
print(pcall(function() try do error("a", 0) catch e then error(e .. "b", 0) end end)) -- expect: false ab

--- finally ---
local function f(how)
  try do
    if how == "error" then error("e", 0) end
    if how == "return" then return "returned" end
    io.write("body ")
  finally do
    io.write("finally ")
  end
  return "end"
end
print(f()) -- expect: body finally end
print(f "return") -- expect: finally returned
print(pcall(f, "error")) -- expect: finally false e
try do error("x", 0) catch e then io.write(e, " ") finally do print "f" end -- expect: x f
print(pcall(function() try do error(1, 0) catch e then error(2, 0) finally do io.write("f ") end end)) -- expect: f false 2

--- return crosses it ---
local function none() try do return catch e then end return "no" end
local function many(...) try do return 1, nil, ... catch e then end end
local function tail(f) try do return f() catch e then return "caught" end end
print(select("#", none()), many("a", nil)) -- expect: 0 1 nil a nil
print(select("#", many()), tail(function() return 1, 2 end)) -- expect: 2 1 2
print(tail(error)) -- expect: caught
local function nested() try do try do return "deep" catch e then end catch e then end end
print(nested()) -- expect: deep
local function both(x) try do if x then return 1 end return x, nil catch e then end end
print(both(true), select("#", both(false))) -- expect: 1 2

--- break, continue and goto cross it ---
for i = 1, 4 do
  try do
    if i == 2 then continue end
    if i == 4 then break end
    for j = 1, 2 do if j == 2 then break end io.write("j", j, " ") end
    io.write(i, " ")
  catch e then print(e) end
  io.write("after ")
end
print() -- expect: j1 1 after j1 3 after
do
  local n = 0
  ::again::
  try do
    n += 1
    if n < 3 then goto again end
    goto inner
    print "skipped"
    ::inner::
    goto out
  catch e then print(e) end
  print "skipped"
  ::out::
  print(n) -- expect: 3
end
while true do try do try do break catch e then end finally do io.write("f ") end end
print "left" -- expect: f left

--- varargs cross it ---
local function f(...)
  try do
    local a, b = ...
    return select("#", ...), a, b
  catch e then return ... finally do io.write(..., " ") end
end
print(f("x", "y")) -- expect: x 2 x y

--- yields cross it ---
local co = coroutine.wrap(function()
  try do
    local v = coroutine.yield(1)
    if v then error(v, 0) end
  catch e then
    coroutine.yield(e)
  finally do
    coroutine.yield "finally"
  end
  return "done"
end)
print(co(), co("v"), co(), co()) -- expect: 1 v finally done

--- without catch errors go on ---
print(pcall(function() try do error("on", 0) end end)) -- expect: false on

--- the handler may jump ---
local function f()
  for i = 1, 3 do
    try do error(i, 0) catch e then if e == 1 then continue end if e == 2 then break end end
    print "no"
  end
  try do error "x" catch e then return "handler" end
end
print(f()) -- expect: handler

--- nothing leaves a finally or defer block ---
for _, text in ipairs {
  "try do finally do return end end", "while true do defer do break end end",
  "while true do try do finally do continue end end", "defer do goto x end ::x::",
} do print(load(text) == nil) end
-- expect: true
-- expect: true
-- expect: true
-- expect: true
print(load "while true do defer do for i = 1, 2 do if i then break else continue end end end end" ~= nil) -- expect: true
--! skip oracle the texts are no Lua 5.4

--- soft closers after return ---
local function f(x)
  try do
    if x then return end
    error(5, 0)
    return
  catch e then
    return e
  finally do
    io.write("f ")
  end
end
print(f(true), f(false)) -- expect: f f nil 5

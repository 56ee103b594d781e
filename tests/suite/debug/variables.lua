-- Local variables, variable arguments and upvalues by number; metatables of any value.

--- local variables ---
local function named (level)
  local out = {}
  for i = 1, 50 do
    local n, v = debug.getlocal(level + 1, i)
    if not n or n:find("temporary") then break end
    out[#out + 1] = n .. "=" .. (type(v) == "number" and v or type(v))
  end
  for i = -1, -20, -1 do
    local n, v = debug.getlocal(level + 1, i)
    if not n then break end
    out[#out + 1] = n .. "=" .. (type(v) == "number" and v or type(v))
  end
  print(table.concat(out, " "))
end
local function f (a, b, ...)
  named(1)
  local c = 3
  named(1)
  do local d = 4; named(1) end
  for i = 1, 1 do named(1) end
  for k, v in pairs{7} do local z = 1; named(1) end
  local e <const> = 5
  local k <const> = {}
  local g <close> = nil
  named(1)
  while true do local w = 9; named(1); break end
  repeat local r = 1; named(1) until true
  local function h () end
  named(1)
  return 1
end
f(); f(1); f(1, 2, 3, 4, 5)
print(debug.getlocal(f, 1), debug.getlocal(f, 2), debug.getlocal(f, 3), debug.getlocal(f, 0), debug.getlocal(f, -1))
print(debug.getlocal(print, 1))
-- expect: a=nil b=nil
-- expect: a=nil b=nil c=3
-- expect: a=nil b=nil c=3 d=4
-- expect: a=nil b=nil c=3 (for state)=1 (for state)=0 (for state)=1 i=1
-- expect: a=nil b=nil c=3 (for state)=function (for state)=table (for state)=1 (for state)=nil k=1 v=7 z=1
-- expect: a=nil b=nil c=3 k=table g=nil
-- expect: a=nil b=nil c=3 k=table g=nil w=9
-- expect: a=nil b=nil c=3 k=table g=nil r=1
-- expect: a=nil b=nil c=3 k=table g=nil h=function
-- expect: a=1 b=nil
-- expect: a=1 b=nil c=3
-- expect: a=1 b=nil c=3 d=4
-- expect: a=1 b=nil c=3 (for state)=1 (for state)=0 (for state)=1 i=1
-- expect: a=1 b=nil c=3 (for state)=function (for state)=table (for state)=1 (for state)=nil k=1 v=7 z=1
-- expect: a=1 b=nil c=3 k=table g=nil
-- expect: a=1 b=nil c=3 k=table g=nil w=9
-- expect: a=1 b=nil c=3 k=table g=nil r=1
-- expect: a=1 b=nil c=3 k=table g=nil h=function
-- expect: a=1 b=2 (vararg)=3 (vararg)=4 (vararg)=5
-- expect: a=1 b=2 c=3 (vararg)=3 (vararg)=4 (vararg)=5
-- expect: a=1 b=2 c=3 d=4 (vararg)=3 (vararg)=4 (vararg)=5
-- expect: a=1 b=2 c=3 (for state)=1 (for state)=0 (for state)=1 i=1 (vararg)=3 (vararg)=4 (vararg)=5
-- expect: a=1 b=2 c=3 (for state)=function (for state)=table (for state)=1 (for state)=nil k=1 v=7 z=1 (vararg)=3 (vararg)=4 (vararg)=5
-- expect: a=1 b=2 c=3 k=table g=nil (vararg)=3 (vararg)=4 (vararg)=5
-- expect: a=1 b=2 c=3 k=table g=nil w=9 (vararg)=3 (vararg)=4 (vararg)=5
-- expect: a=1 b=2 c=3 k=table g=nil r=1 (vararg)=3 (vararg)=4 (vararg)=5
-- expect: a=1 b=2 c=3 k=table g=nil h=function (vararg)=3 (vararg)=4 (vararg)=5
-- expect: a b nil nil nil
-- expect: nil

--- setting them ---
local function set (...)
  local a, b = 1, 2
  print(debug.setlocal(1, 1, 10), debug.setlocal(1, 2, 20), debug.setlocal(1, -1, 30), debug.setlocal(1, -3, 40), debug.setlocal(1, 0, 1))
  print(a, b, ...)
end
set(1, 2)
print(debug.getlocal(0, 1), debug.getlocal(0, 2))
print(select('#', debug.getlocal(1, 100)))
-- expect: a b (vararg) nil nil
-- expect: 10 20 30 2
-- expect: (C temporary) (C temporary) 2
-- expect: 1

--- in coroutines ---
local co = coroutine.create(function (x, ...)
  local y = 5
  local r = coroutine.yield(x)
  print(x, y, r, ...)
end)
coroutine.resume(co, 1, 2, 3)
print(debug.getlocal(co, 1, 1)) print(debug.getlocal(co, 1, 2)) print(debug.getlocal(co, 1, -1)) print(debug.getlocal(co, 1, -3))
print(debug.getlocal(co, 0, 1))
print(debug.setlocal(co, 1, 1, "one"), debug.setlocal(co, 1, 2, "two"), debug.setlocal(co, 1, -2, "three"))
coroutine.resume(co, "r")
print(pcall(debug.getlocal, co, 0, 1))
-- expect: x 1
-- expect: y 5
-- expect: (vararg) 2
-- expect: nil
-- expect: nil
-- expect: x y (vararg)
-- expect: one two r 2 three
-- expect: false bad argument #2 to 'debug.getlocal' (level out of range)

--- upvalues ---
local a, b = 1, 2
local function u1 () return a, b, print end
local function u2 () return b, a end
for i = 0, 5 do print(i, (debug.getupvalue(u1, i))) end
print(debug.setupvalue(u1, 1, 11), a, debug.setupvalue(u1, 9, 1))
print(debug.upvalueid(u1, 1) == debug.upvalueid(u2, 2), debug.upvalueid(u1, 1) == debug.upvalueid(u1, 2))
print(debug.upvalueid(u1, 9), type(debug.upvalueid(u1, 1)))
debug.upvaluejoin(u1, 1, u2, 1)
print(u1() == 2, debug.upvalueid(u1, 1) == debug.upvalueid(u2, 1))
print(debug.getupvalue(string.gmatch("a", "a"), 1))
print(debug.getupvalue(load("return x"), 1) == "_ENV")
print((debug.getupvalue(load(string.dump(u1, true)), 1)))
-- expect: 0 nil
-- expect: 1 a
-- expect: 2 b
-- expect: 3 _ENV
-- expect: 4 nil
-- expect: 5 nil
-- expect: a 11
-- expect: true false
-- expect: nil userdata
-- expect: true true
-- expect:  a
-- expect: true
-- expect: (no name)

--- metatables and user values ---
print(debug.setmetatable(10, {__index = function (a, b) return a + b end}), (5)[3]) -- expect: 10 8
debug.setmetatable(10, nil)
print(debug.getmetatable(10), debug.getmetatable("").__index == string) -- expect: nil true
print(debug.setmetatable(nil, {__call = function () return "nilcall" end}), (nil)()) -- expect: nil nilcall
debug.setmetatable(nil, nil)
print(debug.getuservalue(io.stdout, 1), debug.getuservalue(1), debug.setuservalue(io.stdout, 1, 1)) -- expect: nil nil nil
print(debug.setcstacklimit(1000)) -- expect: 200
print(type(debug.getregistry()), debug.getregistry()._LOADED == package.loaded) -- expect: table true

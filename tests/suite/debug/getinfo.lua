-- What debug.getinfo says of functions and of active calls.
--! lua 5.4.8
local function show (t)
  if not t then print(t) return end
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys)
  local out = {}
  for _, k in ipairs(keys) do
    local v = t[k]
    if type(v) == "table" then
      local l = {}
      for n in pairs(v) do l[#l + 1] = n end
      table.sort(l)
      v = "{" .. table.concat(l, ",") .. "}"
    elseif type(v) == "function" then v = "function" end
    if type(v) == "string" and #v > 40 then v = #v .. ":" .. v:sub(1, 20) end
    out[#out + 1] = k .. "=" .. tostring(v)
  end
  print(table.concat(out, " "))
end

--- functions and levels ---
show(debug.getinfo(1))
show(debug.getinfo(1, "nSl"))
show(debug.getinfo(0))
show(debug.getinfo(print))
show(debug.getinfo(print, "L"))
show(debug.getinfo(show, "SLu"))
show(debug.getinfo(2))
show(debug.getinfo(3))
show(debug.getinfo(4))
show(debug.getinfo(-1))
show(debug.getinfo(1, ""))
show(debug.getinfo(load("return 1\n\n+ 2\n", "=x"), "SLu"))
show(debug.getinfo(load("local a = 1", "=" .. ("x"):rep(100)), "S"))
show(debug.getinfo(load("local a = 1", "@" .. ("x"):rep(100)), "S"))
show(debug.getinfo(load("local a = 1\n"), "S"))
show(debug.getinfo(load("local a = 1"), "S"))
show(debug.getinfo(load("local a = 1", "a\0b"), "S"))
show(debug.getinfo(load("local a = 1", "=a\0b"), "S"))
show(debug.getinfo(load(string.dump(load("local a = 1", "=x"), true)), "SLul"))
-- expect: currentline=24 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=0 linedefined=0 namewhat= nparams=0 ntransfer=0 nups=1 short_src=getinfo.lua source=@getinfo.lua what=main
-- expect: currentline=25 lastlinedefined=0 linedefined=0 namewhat= short_src=getinfo.lua source=@getinfo.lua what=main
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 name=getinfo namewhat=field nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 namewhat= nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect:
-- expect: activelines=49:{4,5,6,7,8,9,10,11,1 isvararg=false lastlinedefined=21 linedefined=3 nparams=1 nups=1 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 namewhat= nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect: nil
-- expect: nil
-- expect: nil
-- expect:
-- expect: activelines={3} isvararg=true lastlinedefined=0 linedefined=0 nparams=0 nups=1 short_src=x source==x what=main
-- expect: lastlinedefined=0 linedefined=0 short_src=59:xxxxxxxxxxxxxxxxxxxx source=101:=xxxxxxxxxxxxxxxxxxx what=main
-- expect: lastlinedefined=0 linedefined=0 short_src=59:...xxxxxxxxxxxxxxxxx source=101:@xxxxxxxxxxxxxxxxxxx what=main
-- expect: lastlinedefined=0 linedefined=0 short_src=[string "local a = 1..."] source=local a = 1
-- expect:  what=main
-- expect: lastlinedefined=0 linedefined=0 short_src=[string "local a = 1"] source=local a = 1 what=main
-- expect: lastlinedefined=0 linedefined=0 short_src=[string "a"] source=a what=main
-- expect: lastlinedefined=0 linedefined=0 short_src=a source==a what=main
-- expect: activelines={} currentline=-1 isvararg=true lastlinedefined=0 linedefined=0 nparams=0 nups=1 short_src=? source==? what=main

--- names from calls ---
local function f (a, b, ...) show(debug.getinfo(1)) return a end
f()
f(1, 2, 3, 4);
(f)()
local t = {f = f}
t.f()
t:f()
g = f
g()
local function tail () return f() end
tail()
print((tail()))
pcall(f)
local up = f
local function viaup () up() end
viaup()
for i in f do end
-- expect: currentline=65 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=65 linedefined=65 name=f namewhat=local nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=65 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=65 linedefined=65 name=f namewhat=local nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=65 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=65 linedefined=65 name=f namewhat=local nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=65 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=65 linedefined=65 name=f namewhat=field nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=65 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=65 linedefined=65 name=f namewhat=method nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=65 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=65 linedefined=65 name=g namewhat=global nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=65 ftransfer=0 func=function istailcall=true isvararg=true lastlinedefined=65 linedefined=65 namewhat= nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=65 ftransfer=0 func=function istailcall=true isvararg=true lastlinedefined=65 linedefined=65 namewhat= nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: nil
-- expect: currentline=65 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=65 linedefined=65 namewhat= nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=65 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=65 linedefined=65 name=up namewhat=upvalue nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=65 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=65 linedefined=65 name=for iterator namewhat=for iterator nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua

--- names of metamethods ---
local function f (a, b, ...) show(debug.getinfo(1)) return a end
local mt = setmetatable({}, {__index = f, __newindex = f, __add = f, __concat = f, __call = f,
  __eq = f, __lt = f, __le = f, __len = f, __unm = f, __bnot = f, __close = f, __sub = f, __shr = f,
  __mod = f, __idiv = f, __div = f, __pow = f, __band = f, __bor = f, __bxor = f, __shl = f,
  __mul = f, __tostring = f, __pairs = f, __gc = nil})
local _ = mt.x, mt[1], mt[mt]
mt.x = 1; mt[1] = 2; mt[mt] = 3; mt.y = mt; mt[2] = mt
_ = mt + 1; _ = 1 + mt; _ = mt + mt; _ = mt - 1; _ = 1 - mt; _ = mt - 1.5
_ = mt .. "x"; _ = "x" .. mt .. "y"
_ = mt()
_ = mt == setmetatable({}, getmetatable(mt))
_ = mt ~= setmetatable({}, getmetatable(mt))
_ = mt < 1; _ = mt > 1; _ = 1 < mt; _ = mt < mt; _ = mt >= 2; _ = mt <= mt; _ = 2.5 > mt
if mt < mt then end; if not (mt <= 3) then end
_ = #mt; _ = -mt; _ = ~mt; _ = mt & 1; _ = 1 | mt; _ = mt ~ mt; _ = mt << 1; _ = mt >> 1; _ = 1 << mt
_ = mt * 2; _ = mt / 2; _ = mt // 2; _ = mt % 2; _ = mt ^ 2
do local c <close> = mt end
local function ret () local c <close> = mt return 1, 2 end
ret()
pcall(tostring, mt)
pcall(pairs, mt)
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=index namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=index namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=index namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=newindex namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=newindex namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=newindex namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=newindex namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=newindex namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=add namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=add namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=add namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=sub namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=sub namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=sub namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=concat namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=concat namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=concat namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=mt namewhat=local nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=eq namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=eq namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=lt namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=lt namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=lt namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=lt namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=le namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=le namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=lt namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=lt namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=le namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=len namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=unm namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=bnot namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=band namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=bor namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=bxor namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=shl namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=shr namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=shl namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=mul namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=div namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=idiv namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=mod namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=pow namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=close namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 name=close namewhat=metamethod nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 namewhat= nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=96 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=96 linedefined=96 namewhat= nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua

--- callbacks of natives ---
local function f (a, b, ...) show(debug.getinfo(1)) return a end
table.sort({1, 2}, function () show(debug.getinfo(1)) show(debug.getinfo(2)) end)
string.gsub("a", "a", f)
local co = coroutine.wrap(f)
co()
-- expect: currentline=167 ftransfer=0 func=function istailcall=false isvararg=false lastlinedefined=167 linedefined=167 namewhat= nparams=0 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 name=sort namewhat=field nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect: currentline=166 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=166 linedefined=166 namewhat= nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=166 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=166 linedefined=166 namewhat= nparams=2 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua

--- coroutines ---
local co = coroutine.create(function (x)
  local y = 1
  coroutine.yield(1)
  local z = 2
  error("x")
end)
show(debug.getinfo(co, 0)); show(debug.getinfo(co, 1))
coroutine.resume(co, 1)
show(debug.getinfo(co, 0)); show(debug.getinfo(co, 1)); show(debug.getinfo(co, 2))
coroutine.resume(co)
show(debug.getinfo(co, 0)); show(debug.getinfo(co, 1)); show(debug.getinfo(co, 2))
-- expect: nil
-- expect: nil
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 name=yield namewhat=field nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect: currentline=179 ftransfer=0 func=function istailcall=false isvararg=false lastlinedefined=182 linedefined=177 namewhat= nparams=1 ntransfer=0 nups=1 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: nil
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 name=error namewhat=global nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect: currentline=181 ftransfer=0 func=function istailcall=false isvararg=false lastlinedefined=182 linedefined=177 namewhat= nparams=1 ntransfer=0 nups=1 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: nil

--- message handlers ---
xpcall(function () local a = nil; a.b = 1 end, function ()
  show(debug.getinfo(1)); show(debug.getinfo(2)); show(debug.getinfo(3)) end)
xpcall(function () string.rep() end, function ()
  show(debug.getinfo(1)); show(debug.getinfo(2)); show(debug.getinfo(3)) end)
xpcall(error, function () show(debug.getinfo(1)); show(debug.getinfo(2)); show(debug.getinfo(3)) end)
show(debug.getinfo(function (a, b) local c
  return c
end, "L"))
-- expect: currentline=199 ftransfer=0 func=function istailcall=false isvararg=false lastlinedefined=199 linedefined=198 name=newindex namewhat=metamethod nparams=0 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=198 ftransfer=0 func=function istailcall=false isvararg=false lastlinedefined=198 linedefined=198 namewhat= nparams=0 ntransfer=0 nups=0 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 name=xpcall namewhat=global nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect: currentline=201 ftransfer=0 func=function istailcall=false isvararg=false lastlinedefined=201 linedefined=200 namewhat= nparams=0 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 name=rep namewhat=field nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect: currentline=200 ftransfer=0 func=function istailcall=false isvararg=false lastlinedefined=200 linedefined=200 namewhat= nparams=0 ntransfer=0 nups=1 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=202 ftransfer=0 func=function istailcall=false isvararg=false lastlinedefined=202 linedefined=202 namewhat= nparams=0 ntransfer=0 nups=2 short_src=getinfo.lua source=@getinfo.lua what=Lua
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 namewhat= nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect: currentline=-1 ftransfer=0 func=function istailcall=false isvararg=true lastlinedefined=-1 linedefined=-1 name=xpcall namewhat=global nparams=0 ntransfer=0 nups=0 short_src=[C] source==[C] what=C
-- expect: activelines={203,204,205}

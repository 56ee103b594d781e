-- Hooks that look around, change what runs, or themselves.
--! lua 5.4.8
local log = {}
local function flush (n) print(n, table.concat(log, " ")) log = {} end
local function add (...) log[#log + 1] = table.concat({...}, ":") end
local function f () return 1 end

--- a hook that sets another ---
debug.sethook(function (e, l)
  add("A", e, l)
  debug.sethook(function (e, l) add("B", e, l) end, "l")
end, "l")
local a = 1
local b = 2
local c = 3
debug.sethook() flush "swap" -- expect: swap A:line:13 B:line:14 B:line:15 B:line:16

--- a hook that turns itself off ---
debug.sethook(function (e, l) add(e, l); debug.sethook() end, "l")
local a = 1
local b = 2
flush "off inside" -- expect: off inside line:20
debug.sethook(function (e, l) add(e); debug.sethook() end, "r")
local function f () return 1 end
f()
f()
flush "off in return" -- expect: off in return return
debug.sethook(function (e, l) add(e); debug.sethook() end, "c")
f()
f()
flush "off in call" -- expect: off in call call

--- results survive hooks ---
debug.sethook(function (e) local x, y, z = 1, 2, 3; return x end, "crl", 1)
local function g (...) return ... end
local t = {g(1, 2, 3, 4, 5)}
local s = select("#", g(nil, nil))
local u = {table.unpack({1, 2, 3})}
local p = {pcall(g, 1, 2)}
local q = ("x"):rep(3) .. g("y") .. g("z", "w")
local mt = setmetatable({}, {__index = function (_, k) return k end, __add = function () return 5, 6 end, __lt = function () return true end,
  __concat = function () return "cc" end, __eq = function () return true end, __close = function () end, __call = function (_, ...) return ... end})
local r = {mt.a, mt + 1, mt < 1, mt .. "x", mt == setmetatable({}, getmetatable(mt)), mt(7, 8, 9)}
local co = coroutine.wrap(function (...) local a, b = coroutine.yield(...) return a, b, ... end)
local w = {co(1, 2)} local v = {co(3, 4)}
local function va (...) local a, b = ... return select("#", ...), a, b end
local x1, x2, x3 = va(1, 2, 3)
do local cl <close> = mt; local y = 1 end
local function clr () local cl <close> = mt; return 1, 2, 3 end
local z = {clr()}
for k, v in pairs{10, 20} do n = k end
for i = 3, 1, -1 do n = i end
debug.sethook()
print(#t, s, #u, p[1], p[2], p[3], q, #r, r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], #w, #v, v[1], v[4], x1, x2, x3, #z, n) -- expect: 5 2 3 true 1 2 xxxyz 8 a 5 true cc true 7 8 9 2 4 3 2 3 1 2 3 1

--- levels and tracebacks ---
local function who ()
  local out = {}
  for i = 2, 4 do
    local d = debug.getinfo(i, "Snl")
    if d then out[#out + 1] = d.what .. "/" .. tostring(d.name) .. "/" .. d.namewhat .. "/" .. d.currentline end
  end
  add(table.concat(out, ","))
end
debug.sethook(who, "c")
f() string.rep("x", 1) table.sort({2, 1}, function (a, b) return a < b end)
debug.sethook() flush "levels" -- expect: levels Lua/f/local/6,main/nil//66,C/nil//-1 C/rep/field/-1,main/nil//66,C/nil//-1 C/sort/field/-1,main/nil//66,C/nil//-1 Lua/nil//66,C/sort/field/-1,main/nil//66 C/sethook/field/-1,main/nil//67,C/nil//-1
-- tracebacks in hooks
debug.sethook(function (e) add(e, (debug.traceback("x"):gsub("\n", "|"))) end, "cr")
f()
debug.sethook() flush "traceback" -- expect: traceback return:x|stack traceback:| hooks_at_work.lua:69: in hook '?'| [C]: in function 'debug.sethook'| hooks_at_work.lua:69: in main chunk| [C]: in ? call:x|stack traceback:| hooks_at_work.lua:69: in hook '?'| hooks_at_work.lua:6: in local 'f'| hooks_at_work.lua:70: in main chunk| [C]: in ? return:x|stack traceback:| hooks_at_work.lua:69: in hook '?'| hooks_at_work.lua:6: in local 'f'| hooks_at_work.lua:70: in main chunk| [C]: in ? call:x|stack traceback:| hooks_at_work.lua:69: in hook '?'| [C]: in function 'debug.sethook'| hooks_at_work.lua:71: in main chunk| [C]: in ?

--- changing arguments ---
local function h (a, b, ...) local c = a; return c, b end
debug.sethook(function (e) if debug.getinfo(2, "n").name == "h" then debug.setlocal(2, 1, "changed") end end, "c")
print(h(1, 2)) -- expect: changed 2
debug.sethook()

--- coroutines, finalizers, tail calls, handlers ---
local co = coroutine.create(function () debug.sethook(function () error("inco", 0) end, "l")
  local a = 1
end)
print(coroutine.resume(co)) print(debug.gethook())
-- hooks and gc
local fin = 0
debug.sethook(function (e, l) add(e, l) end, "l")
setmetatable({}, {__gc = function () fin = 1
  local x = 1
  x = 2 end}) collectgarbage()
debug.sethook() flush "gc" print(fin)
-- tail calls
local function t3 () return 1 end
local function t2 () return t3() end
local function t1 () return t2() end
debug.sethook(function (e) local i = debug.getinfo(2, "nt") add(e, tostring(i.name), tostring(i.istailcall)) end, "cr")
t1()
debug.sethook() flush "tail"
debug.sethook(function (e) add(e) end, "cr")
local function tn () return math.max(1, 2) end
tn()
debug.sethook() flush "tail native"
print(debug.gethook(coroutine.create(f)))
debug.sethook(f, "l", 7) print(debug.gethook(coroutine.create(f))) debug.sethook()
-- xpcall handler under hooks
debug.sethook(function (e) local i = debug.getinfo(2, "n") add(e, tostring(i.name)) end, "cr")
xpcall(error, function (m) return m end, "E")
pcall(f)
debug.sethook() flush "xpcall"
-- expect: false inco
-- expect: nil
-- expect: gc line:87 line:89 line:87 line:89 line:90
-- expect: 1
-- expect: tail return:sethook:false call:t1:false tail call:nil:true tail call:nil:true return:nil:true call:sethook:false
-- expect: tail native return call call return return call
-- expect: nil
-- expect: nil l 7
-- expect: xpcall return:sethook call:xpcall call:nil call:nil return:nil return:xpcall call:pcall call:nil return:nil return:pcall call:sethook

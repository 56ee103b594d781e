-- Debug hooks: call, return, line and count events.
--! lua 5.4.8
local log = {}
local function flush () print(table.concat(log, " ")) log = {} end
local function trace (s, mask, count)
  local f = load(s, "=s")
  debug.sethook(function (e, l)
    local i = debug.getinfo(2, "Snt")
    if i.short_src == "s" or i.what == "C" then
      log[#log + 1] = e .. (l and (":" .. l) or "") .. (i.name and ("(" .. i.name .. ")") or "") .. (i.istailcall and "T" or "")
    end
  end, mask, count)
  f()
  debug.sethook()
  flush()
end

--- lines, calls, returns ---
trace("local a = 1\nlocal b = 2\nreturn a + b\n", "l")
trace("for i = 1, 3 do\n  local x = i\nend", "l")
trace("for i = 1, 3 do local x = i end", "l")
trace("local i = 0\nwhile i < 3 do\n  i = i + 1\nend", "l")
trace("local i = 0\nrepeat\n  i = i + 1\nuntil i == 3", "l")
trace("local function f ()\n  return 1\nend\nlocal x = f()\nx = f()\n", "l")
trace("local function f () return 1 end local x = f() x = f()", "l")
trace("local function f (...) return ... end\nlocal x = f(1)\n", "l")
trace("local t = {\n 1,\n 2,\n x = 3\n}\n", "l")
trace("if x then\n y = 1\nelse\n y = 2\nend\ny = nil", "l")
trace("local a = x and\n y or\n z\n", "l")
trace("local s = 'a'\n .. 'b'\n .. tostring(1)", "l")
trace("goto e\ndo\nlocal x\nend\n::e::\nlocal y = 1", "l")
trace("print\n(\n)\n", "l")
trace("local function f () end\nf() f()\nf()", "crl")
trace("local function f () end\nf() f()\nf()", "cr")
trace("local function g () return 1 end\nlocal function f () return g() end\nf()", "cr")
trace("string.rep('x', 3) math.floor(3)", "cr")
trace("local t = setmetatable({}, {__index = function () return 1 end})\nlocal x = t.a", "crl")
trace("local t = setmetatable({}, {__close = function () return 1 end})\ndo local x <close> = t end\nlocal y = 1", "crl")
trace("local function f () local t <close> = setmetatable({}, {__close = function () end})\nreturn 1 end\nlocal y = f()", "crl")
trace("pcall(error, 'x')\npcall(function () error 'y' end)\nlocal z = 1", "crl")
trace("for k in pairs{1, 2} do\n local x = k\nend", "crl")
trace("for k in\npairs{1,\n2}\ndo\nlocal x = k\nend", "l")
trace("table.sort({3, 1, 2}, function (a, b)\nreturn a < b end)", "c")
trace("string.gsub('abc', '%w', function (c)\nreturn c end)", "crl")
trace("local co = coroutine.wrap(function ()\n coroutine.yield(1)\nend)\nco()\nco()", "crl")
trace("load('local x = 1', '=s')()\n", "crl")
-- expect: line:1(f) line:2(f) line:3(f)
-- expect: line:1(f) line:2(f) line:1(f) line:2(f) line:1(f) line:2(f) line:1(f) line:3(f)
-- expect: line:1(f) line:1(f) line:1(f)
-- expect: line:1(f) line:2(f) line:3(f) line:2(f) line:3(f) line:2(f) line:3(f) line:2(f) line:4(f)
-- expect: line:1(f) line:3(f) line:4(f) line:3(f) line:4(f) line:3(f) line:4(f)
-- expect: line:3(f) line:4(f) line:2(f) line:5(f) line:2(f)
-- expect: line:1(f) line:1(f) line:1(f)
-- expect: line:1(f) line:2(f) line:1(f)
-- expect: line:1(f) line:2(f) line:3(f) line:4(f) line:5(f)
-- expect: line:1(f) line:4(f) line:6(f)
-- expect: line:1(f) line:3(f)
-- expect: line:2(f) line:3(f)
-- expect: line:1(f) line:6(f)
-- expect:
-- expect: line:1(f) line:2(f) line:3(f)
-- expect: return(sethook) call(f) line:1(f) line:2(f) call(f) line:1(f) return(f) call(f) line:1(f) return(f) line:3(f) call(f) line:1(f) return(f) return(f) call(sethook)
-- expect: return(sethook) call(f) call(f) return(f) call(f) return(f) call(f) return(f) return(f) call(sethook)
-- expect: return(sethook) call(f) call(f) tail callT returnT return(f) call(sethook)
-- expect: return(sethook) call(f) call(rep) return(rep) call(floor) return(floor) return(f) call(sethook)
-- expect: return(sethook) call(f) line:1(f) call(setmetatable) return(setmetatable) line:2(f) call(index) line:1(index) return(index) return(f) call(sethook)
-- expect: return(sethook) call(f) line:1(f) call(setmetatable) return(setmetatable) line:2(f) call(close) line:1(close) return(close) line:3(f) return(f) call(sethook)
-- expect: return(sethook) call(f) line:2(f) line:3(f) call(f) line:1(f) call(setmetatable) return(setmetatable) line:2(f) call(close) line:1(close) return(close) return(f) return(f) call(sethook)
-- expect: return(sethook) call(f) line:1(f) call(pcall) call return(pcall) line:2(f) call(pcall) call line:2 call(error) return(pcall) line:3(f) return(f) call(sethook)
-- expect: return(sethook) call(f) line:1(f) call(pairs) return(pairs) call(for iterator) return(for iterator) line:2(f) line:1(f) call(for iterator) return(for iterator) line:2(f) line:1(f) call(for iterator) return(for iterator) line:3(f) return(f) call(sethook)
-- expect: line:2(f) line:3(f) line:2(f) line:4(f) line:5(f) line:2(f) line:5(f) line:2(f) line:6(f)
-- expect: call(f) call(sort) call call call(sethook)
-- expect: return(sethook) call(f) line:1(f) line:2(f) line:1(f) call(gsub) call line:2 return call line:2 return call line:2 return return(gsub) line:2(f) return(f) call(sethook)
-- expect: return(sethook) call(f) line:1(f) line:3(f) line:1(f) call(wrap) return(wrap) line:4(f) call(co) return(co) line:5(f) call(co) return(co) return(f) call(sethook)
-- expect: return(sethook) call(f) line:1(f) call(load) return(load) call line:1 return return(f) call(sethook)

--- values passed and returned ---
local function hook (e)
  local ar = debug.getinfo(2, "nrS")
  local v = {}
  for i = ar.ftransfer, ar.ftransfer + ar.ntransfer - 1 do
    local n, x = debug.getlocal(2, i)
    v[#v + 1] = tostring(n) .. "=" .. (type(x) == "number" and x or type(x))
  end
  log[#log + 1] = e .. "(" .. table.concat(v, ",") .. ")"
end
local function two (a, b, ...) return a, b, ... end
local function one (a) return a end
debug.sethook(hook, "cr")
two(1, 2, 3); one(5); one(); math.max(1, 2, 3); select(2, 7, 8, 9); two()
debug.sethook()
flush() -- expect: return() call(a=1,b=2) return((temporary)=1,(temporary)=2,(temporary)=3) call(a=5) return(a=5) call(a=nil) return(a=nil) call((C temporary)=1,(C temporary)=2,(C temporary)=3) return((C temporary)=3) call((C temporary)=2,(C temporary)=7,(C temporary)=8,(C temporary)=9) return((C temporary)=8,(C temporary)=9) call(a=nil,b=nil) return((temporary)=nil,(temporary)=nil) call()
print(debug.gethook()) -- expect: nil
debug.sethook(print, "", 0) print(debug.gethook()) -- expect: nil
debug.sethook(print, "x", 0) print(debug.gethook()) -- expect: nil

--- threads ---
local co = coroutine.create(function () local a = 1
  coroutine.yield()
  local b = 2
end)
debug.sethook(co, function (e, l) log[#log + 1] = e .. tostring(l) end, "l")
print(debug.gethook(co) ~= nil, debug.gethook())
coroutine.resume(co) flush() coroutine.resume(co) flush()
-- expect: true nil
-- expect: line98 line99
-- expect: line100 line101

--- errors, counts, nesting ---
local n = 0
print(pcall(function () -- expect: false hooks.lua:112: in hook
  debug.sethook(function () n = n + 1; if n == 3 then error("in hook") end end, "l")
  local a = 1
  local b = 2
  local c = 3
end))
print(debug.gethook() ~= nil) -- expect: true
debug.sethook()
print(pcall(function () -- expect: false hooks.lua:120: cnt
  debug.sethook(function () error("cnt") end, "", 100)
  while true do end
end))
debug.sethook()
-- no hooks inside hooks
local depth = 0
debug.sethook(function () depth = depth + 1; local function x () end x() x() end, "c")
math.floor(1)
debug.sethook()
print(depth) -- expect: 2
print(pcall(coroutine.wrap(function () -- expect: false attempt to yield across a C-call boundary
  debug.sethook(function () coroutine.yield() end, "l")
  local x = 1
end)))
-- count
local cnt = 0
debug.sethook(function () cnt = cnt + 1 end, "", 1)
for i = 1, 100 do end
debug.sethook()
print(cnt > 100 and cnt < 115) -- expect: true

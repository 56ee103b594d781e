-- Binary chunks: `string.dump` and `load` with mode "b" (manual 6.1, 6.4).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end
local function copy(f, strip) return assert(load(string.dump(f, strip), "copy", "b")) end

--- what comes back is the function ---
local function fib(n) if n < 2 then return n end local a, b = 0, 1 for i = 2, n do a, b = b, a + b end return b end
print(copy(fib)(30), copy(fib, true)(30)) -- expect: 832040 832040
local function kinds() return nil, true, false, 1, -1, 2^53, 1.5, -0.0, 1/0, "", "short", ("long"):rep(30), math.mininteger end
print(copy(kinds)())
-- expect: nil true false 1 -1 9.007199254741e+15 1.5 -0.0 inf  short longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglong -9223372036854775808
local function args(a, b, ...) return select("#", ...), a, b, ... end
print(copy(args)(1, nil, 3, nil)) -- expect: 2 1 nil 3 nil
local function nested(n) local function add(x) n = n + x return n end return add, function() return n end end
local add, get = copy(nested, true)(5)
print(add(2), get()) -- expect: 7 7
local function loops() local t = {} for k, v in pairs {10, 20} do t[#t + 1] = k * v end goto done ::done:: return table.concat(t, " ") end
print(copy(loops)()) -- expect: 10 40
local function closes() local log = {} do local x <close> = setmetatable({}, {__close = function() log[1] = "closed" end}) end return log[1] end
print(copy(closes, true)()) -- expect: closed
local co = coroutine.wrap(copy(function(a) local b = coroutine.yield(a + 1) return b * 2 end))
print(co(1), co(21)) -- expect: 2 42
print(string.dump(copy(nested)) == string.dump(nested), #string.dump(nested, true) < #string.dump(nested))
-- expect: true true

--- upvalues are new ---
local a, b = 1, 2
local function both() return a, b end
print(copy(both)() == _G, select(2, copy(both)())) -- expect: true nil
local function globals() return print ~= nil end
print(copy(globals)()) -- expect: true
print(load(string.dump(globals), "n", "b", {})()) -- expect: false
local f = copy(both)
print(debug.setupvalue(f, 1, "x"), debug.setupvalue(f, 2, "y"), debug.setupvalue(f, 3, "z"))
-- expect: a b
print(f()) -- expect: x y
print(a, b) -- expect: 1 2
print(debug.upvalueid(f, 1) ~= debug.upvalueid(both, 1)) -- expect: true

--- what cannot be dumped ---
try(string.dump, type) -- expect: false unable to dump given function
try(string.dump, coroutine.wrap(type)) -- expect: false unable to dump given function
try(string.dump, 1) -- expect: false bad argument #1 to 'string.dump' (function expected, got number)
try(string.dump) -- expect: false bad argument #1 to 'string.dump' (function expected, got no value)
try(load, string.dump(function() end), "n", "t")
-- expect: true nil attempt to load a binary chunk (mode is 't')
try(load, "return 1", "n", "b") -- expect: true nil attempt to load a text chunk (mode is 'b')
try(load, string.dump(function() end), "=n", "x")
-- expect: true nil attempt to load a binary chunk (mode is 'x')

--- stripped functions have no names ---
local up = {}
local function named(p, ...)
  local loc = p
  local i = debug.getinfo(1, "nSlutf")
  print(i.source, i.short_src, i.currentline, i.what, i.nups, i.nparams, i.isvararg)
  print(debug.getlocal(1, 1))
  print(debug.getlocal(1, -1))
  print(up)
  return debug.getlocal(i.func, 1)
end
local f = copy(named, true)
debug.setupvalue(f, 1, _ENV)
debug.setupvalue(f, 2, "up")
print(f("arg", "extra"))
-- expect: =? ? -1 Lua 2 1 true
-- expect: (temporary) arg
-- expect: (vararg) extra
-- expect: up
-- expect: nil
print(debug.getupvalue(f, 1) , (debug.getupvalue(f, 2)), debug.getupvalue(f, 3))
-- expect: (no name) (no name)
local info = debug.getinfo(f, "SL")
print(info.source, info.linedefined > 0, info.lastlinedefined > info.linedefined, next(info.activelines))
-- expect: =? true true nil
print(next(debug.getinfo(copy(named), "L").activelines) ~= nil) -- expect: true

--- messages of stripped functions ---
local u
local function errs(which, x)
  if which == 1 then return x.field
  elseif which == 2 then return undefined.field
  elseif which == 3 then return u.field
  elseif which == 4 then return x + 1
  elseif which == 5 then return x.a.b
  elseif which == 6 then x()
  elseif which == 7 then undefined()
  elseif which == 8 then x:method()
  elseif which == 9 then error("with position")
  elseif which == 10 then error("without", 0)
  elseif which == 11 then return #x
  elseif which == 12 then return x < x
  elseif which == 13 then return x .. "s"
  elseif which == 14 then for i = x, 1 do end
  elseif which == 15 then local c <close> = 1
  elseif which == 16 then error({}, 1)
  else string.rep() end
end
local f = copy(errs, true)
debug.setupvalue(f, 1, _ENV)
for which = 1, 17 do
  local _, e = pcall(f, which, which == 5 and {} or nil)
  print(which, type(e) == "string" and e or type(e))
-- expect: 1 ?:-1: attempt to index a nil value
-- expect: 2 ?:-1: attempt to index a nil value (field 'undefined')
-- expect: 3 ?:-1: attempt to index a nil value (upvalue '?')
-- expect: 4 ?:-1: attempt to perform arithmetic on a nil value
-- expect: 5 ?:-1: attempt to index a nil value (field 'a')
-- expect: 6 ?:-1: attempt to call a nil value
-- expect: 7 ?:-1: attempt to call a nil value (field 'undefined')
-- expect: 8 ?:-1: attempt to index a nil value
-- expect: 9 with position
-- expect: 10 without
-- expect: 11 ?:-1: attempt to get length of a nil value
-- expect: 12 ?:-1: attempt to compare two nil values
-- expect: 13 ?:-1: attempt to concatenate a nil value
-- expect: 14 ?:-1: bad 'for' initial value (number expected, got nil)
-- expect: 15 ?:-1: variable '(temporary)' got a non-closable value
-- expect: 16 table
-- expect: 17 bad argument #1 to 'rep' (string expected, got no value)
end
local whole = copy(errs)
debug.setupvalue(whole, 1, _ENV)
print((select(2, pcall(whole, 1)):gsub("^.-:%d+:", "FILE:LINE:")))
-- expect: FILE:LINE: attempt to index a nil value (local 'x')

--- tracebacks of stripped functions ---
local function level(n, f) if n == 0 then return f() end return (level(n - 1, f)) end
local text = copy(function(trace) return (trace("here")) end, true)(debug.traceback)
print((text:match("in function <%?:%d+>"):gsub("%d+", "N"))) -- expect: in function <?:N>
print(text:find("images.lua") ~= nil) -- expect: true

--- hooks in stripped functions ---
local events = {}
local f = copy(function(a) local b = a
  local c = b
  return c end, true)
debug.sethook(function(e, line) events[#events + 1] = e .. " " .. tostring(line) end, "l")
f(1)
debug.sethook()
for _, e in ipairs(events) do if e == "line nil" or e == "line ?" then print(e) break end end
-- expect: line nil

--- damaged heads ---
local image = string.dump(function() return 1 end)
local last
for at = 1, 31 do
  local byte = image:byte(at)
  local f, e = load(image:sub(1, at - 1) .. string.char(byte ~ 1) .. image:sub(at + 1), "=dump", "bt")
  if e ~= last then print(at, e) end
-- expect: 1 dump:1: unexpected symbol near '<\26>'
-- expect: 2 dump: bad binary format (not a binary chunk)
-- expect: 5 dump: bad binary format (version mismatch)
-- expect: 6 dump: bad binary format (format mismatch)
-- expect: 7 dump: bad binary format (corrupted chunk)
-- expect: 13 dump: bad binary format (Instruction size mismatch)
-- expect: 14 dump: bad binary format (lua_Integer size mismatch)
-- expect: 15 dump: bad binary format (lua_Number size mismatch)
-- expect: 16 dump: bad binary format (integer format mismatch)
-- expect: 24 dump: bad binary format (float format mismatch)
  last = e
end

--- cut images ---
local image = string.dump(load("local a = ... return function() return a, 'string' end"))
local seen = {}
for len = 1, #image - 1 do
  local f, e = load(image:sub(1, len), "=cut", "b")
  assert(f == nil)
  if not seen[e] then seen[e] = true print(e) end -- expect: cut: bad binary format (truncated chunk)
end
print(load("", "=cut", "b")) -- expect: nil attempt to load a text chunk (mode is 'b')
print(load(image:sub(1, 20), "@file", "b")) -- expect: nil file: bad binary format (truncated chunk)
print(load(image:sub(1, 20), "text of", "b")) -- expect: nil text of: bad binary format (truncated chunk)
print(load(image:sub(1, 20), nil, "b")) -- expect: nil binary string: bad binary format (truncated chunk)
print(load(image:sub(1, 20))) -- expect: nil binary string: bad binary format (truncated chunk)
print(load(image .. "more behind it") ~= nil) -- expect: true
local n = 0
print(load(function() n = n + 1 return image:sub(n, n) end, "=pieces", "b") ~= nil, load(function() end, "=none", "b") ~= nil)
-- expect: true false

--- strangers' images ---
--! skip oracle lua5.4 trusts them, and crashes
-- A byte changed, any byte: refused with a message, or a function that may do anything but harm.
-- (A count hook stops it; the library is out of its reach.)
local seed = 7
local function random(n) seed = (seed * 1103515245 + 12345) % 2147483648 return seed // 65536 % n + 1 end
local function victim(a, ...)
  local t, n = {a, ...}, 0
  for i, v in ipairs(t) do n = n + (tonumber(v) or 0) t[i] = function() n = n + i return n, t end end
  while n > 3 do n = n // 2 if n == 5 then goto out end end
  ::out::
  local s <close> = setmetatable({}, {__close = function() n = nil end})
  return n, #t .. "x", ...
end
local image = string.dump(victim)
local refused, ran = 0, 0
for i = 1, 1500 do
  local at = 56 + random(#image - 56)
  local changed = image:sub(1, at - 1) .. string.char(random(256) - 1) .. image:sub(at + 1)
  local f, e = load(changed, "=image", "b", {ipairs = ipairs, tonumber = tonumber, setmetatable = setmetatable})
  if not f then
    assert(e:find("^image: bad binary format %("), e)
    refused = refused + 1
  else
    local co = coroutine.create(f)
    debug.sethook(co, function() error("enough") end, "", 2000)
    coroutine.resume(co, 1, "2", 3)
    coroutine.close(co)
    ran = ran + 1
  end
end
print(refused > 300, ran > 100) -- expect: true true

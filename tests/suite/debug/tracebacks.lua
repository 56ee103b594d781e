-- Stack tracebacks.
local function tb (...) print(debug.traceback(...)) end

--- messages and levels ---
tb()
tb("msg")
tb("msg", 0)
tb("msg", 1)
tb("msg", 2)
tb("msg", 9)
tb("msg", -1)
tb(nil, 1)
tb(12)
tb("a\0b")
print(debug.traceback({}) ~= nil, debug.traceback(true))
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in local 'tb'
-- expect:  tracebacks.lua:5: in main chunk
-- expect:  [C]: in ?
-- expect: msg
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in local 'tb'
-- expect:  tracebacks.lua:6: in main chunk
-- expect:  [C]: in ?
-- expect: msg
-- expect: stack traceback:
-- expect:  [C]: in function 'debug.traceback'
-- expect:  tracebacks.lua:2: in local 'tb'
-- expect:  tracebacks.lua:7: in main chunk
-- expect:  [C]: in ?
-- expect: msg
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in local 'tb'
-- expect:  tracebacks.lua:8: in main chunk
-- expect:  [C]: in ?
-- expect: msg
-- expect: stack traceback:
-- expect:  tracebacks.lua:9: in main chunk
-- expect:  [C]: in ?
-- expect: msg
-- expect: stack traceback:
-- expect: msg
-- expect: stack traceback:
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in local 'tb'
-- expect:  tracebacks.lua:12: in main chunk
-- expect:  [C]: in ?
-- expect: 12
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in local 'tb'
-- expect:  tracebacks.lua:13: in main chunk
-- expect:  [C]: in ?
-- expect: a
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in local 'tb'
-- expect:  tracebacks.lua:14: in main chunk
-- expect:  [C]: in ?
-- expect: true true

--- deep stacks, tail calls, names ---
local function f (n) if n == 0 then tb("deep") else f(n - 1) end end
f(3)
for n = 18, 21 do f(n) end
local function g (n) if n == 0 then tb("tail") else return g(n - 1) end end
g(3)
local function h (n) if n == 0 then return tb("notail") else return (h(n - 1)) end end
h(2)
local t = {m = function (self) tb("method") end}
t:m(); t.m(t)
function globalfn () tb("global") end
globalfn()
local up = function () tb("up") end
local function callup () up() end
callup()
-- expect: deep
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in local 'f'
-- expect:  tracebacks.lua:62: in main chunk
-- expect:  [C]: in ?
-- expect: deep
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in local 'f'
-- expect:  tracebacks.lua:63: in main chunk
-- expect:  [C]: in ?
-- expect: deep
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  ... (skipping 1 levels)
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in local 'f'
-- expect:  tracebacks.lua:63: in main chunk
-- expect:  [C]: in ?
-- expect: deep
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  ... (skipping 2 levels)
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in local 'f'
-- expect:  tracebacks.lua:63: in main chunk
-- expect:  [C]: in ?
-- expect: deep
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  ... (skipping 3 levels)
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in upvalue 'f'
-- expect:  tracebacks.lua:61: in local 'f'
-- expect:  tracebacks.lua:63: in main chunk
-- expect:  [C]: in ?
-- expect: tail
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:64: in function <tracebacks.lua:64>
-- expect:  (...tail calls...)
-- expect:  tracebacks.lua:65: in main chunk
-- expect:  [C]: in ?
-- expect: notail
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in function <tracebacks.lua:2>
-- expect:  (...tail calls...)
-- expect:  tracebacks.lua:66: in upvalue 'h'
-- expect:  tracebacks.lua:66: in local 'h'
-- expect:  tracebacks.lua:67: in main chunk
-- expect:  [C]: in ?
-- expect: method
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:68: in method 'm'
-- expect:  tracebacks.lua:69: in main chunk
-- expect:  [C]: in ?
-- expect: method
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:68: in field 'm'
-- expect:  tracebacks.lua:69: in main chunk
-- expect:  [C]: in ?
-- expect: global
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:70: in function 'globalfn'
-- expect:  tracebacks.lua:71: in main chunk
-- expect:  [C]: in ?
-- expect: up
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:72: in upvalue 'up'
-- expect:  tracebacks.lua:73: in local 'callup'
-- expect:  tracebacks.lua:74: in main chunk
-- expect:  [C]: in ?

--- metamethods and iterators ---
local mt = setmetatable({}, {__index = function () tb("index") end, __add = function () tb("add") end,
  __call = function () tb("call") end, __close = function () tb("close") end, __gc = nil})
local _ = mt.x, mt + 1, mt()
do local c <close> = mt end
for _ in function () tb("iter") end do end
-- expect: index
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:222: in metamethod 'index'
-- expect:  tracebacks.lua:224: in main chunk
-- expect:  [C]: in ?
-- expect: add
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:222: in metamethod 'add'
-- expect:  tracebacks.lua:224: in main chunk
-- expect:  [C]: in ?
-- expect: call
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:223: in local 'mt'
-- expect:  tracebacks.lua:224: in main chunk
-- expect:  [C]: in ?
-- expect: close
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:223: in metamethod 'close'
-- expect:  tracebacks.lua:225: in main chunk
-- expect:  [C]: in ?
-- expect: iter
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:226: in for iterator 'for iterator'
-- expect:  tracebacks.lua:226: in main chunk
-- expect:  [C]: in ?

--- errors ---
pcall(tb, "pcall")
xpcall(tb, print, "xpcall")
print(xpcall(function () error("E") end, debug.traceback))
print(xpcall(function () local x; x.y = 1 end, debug.traceback))
print(xpcall(function () string.rep() end, debug.traceback))
print(xpcall(function () local x = setmetatable({}, {__add = function (a, b) error("in add") end}) + 1 end, debug.traceback))
print(xpcall(string.rep, debug.traceback))
print(xpcall(function () table.sort({3, 2, 1}, function () error("cmp") end) end, debug.traceback))
print(xpcall(function () string.gsub("x", "x", function () error("rep") end) end, debug.traceback))
-- expect: pcall
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in function <tracebacks.lua:2>
-- expect:  [C]: in function 'pcall'
-- expect:  tracebacks.lua:259: in main chunk
-- expect:  [C]: in ?
-- expect: xpcall
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in function <tracebacks.lua:2>
-- expect:  [C]: in function 'xpcall'
-- expect:  tracebacks.lua:260: in main chunk
-- expect:  [C]: in ?
-- expect: false tracebacks.lua:261: E
-- expect: stack traceback:
-- expect:  [C]: in function 'error'
-- expect:  tracebacks.lua:261: in function <tracebacks.lua:261>
-- expect:  [C]: in function 'xpcall'
-- expect:  tracebacks.lua:261: in main chunk
-- expect:  [C]: in ?
-- expect: false tracebacks.lua:262: attempt to index a nil value (local 'x')
-- expect: stack traceback:
-- expect:  tracebacks.lua:262: in function <tracebacks.lua:262>
-- expect:  [C]: in function 'xpcall'
-- expect:  tracebacks.lua:262: in main chunk
-- expect:  [C]: in ?
-- expect: false tracebacks.lua:263: bad argument #1 to 'rep' (string expected, got no value)
-- expect: stack traceback:
-- expect:  [C]: in function 'string.rep'
-- expect:  tracebacks.lua:263: in function <tracebacks.lua:263>
-- expect:  [C]: in function 'xpcall'
-- expect:  tracebacks.lua:263: in main chunk
-- expect:  [C]: in ?
-- expect: false tracebacks.lua:264: in add
-- expect: stack traceback:
-- expect:  [C]: in function 'error'
-- expect:  tracebacks.lua:264: in metamethod 'add'
-- expect:  tracebacks.lua:264: in function <tracebacks.lua:264>
-- expect:  [C]: in function 'xpcall'
-- expect:  tracebacks.lua:264: in main chunk
-- expect:  [C]: in ?
-- expect: false bad argument #1 to 'string.rep' (string expected, got no value)
-- expect: stack traceback:
-- expect:  [C]: in function 'string.rep'
-- expect:  [C]: in function 'xpcall'
-- expect:  tracebacks.lua:265: in main chunk
-- expect:  [C]: in ?
-- expect: false tracebacks.lua:266: cmp
-- expect: stack traceback:
-- expect:  [C]: in function 'error'
-- expect:  tracebacks.lua:266: in function <tracebacks.lua:266>
-- expect:  [C]: in function 'table.sort'
-- expect:  tracebacks.lua:266: in function <tracebacks.lua:266>
-- expect:  [C]: in function 'xpcall'
-- expect:  tracebacks.lua:266: in main chunk
-- expect:  [C]: in ?
-- expect: false tracebacks.lua:267: rep
-- expect: stack traceback:
-- expect:  [C]: in function 'error'
-- expect:  tracebacks.lua:267: in function <tracebacks.lua:267>
-- expect:  [C]: in function 'string.gsub'
-- expect:  tracebacks.lua:267: in function <tracebacks.lua:267>
-- expect:  [C]: in function 'xpcall'
-- expect:  tracebacks.lua:267: in main chunk
-- expect:  [C]: in ?

--- coroutines ---
local co = coroutine.create(function (x) local function inner () coroutine.yield(1) end inner() end)
print(debug.traceback(co))
coroutine.resume(co)
print(debug.traceback(co))
print(debug.traceback(co, "msg"))
print(debug.traceback(co, "msg", 1))
print(debug.traceback(co, nil, 5))
coroutine.resume(co)
print(debug.traceback(co))
local co = coroutine.create(function () local x = nil + 1 end)
print(coroutine.resume(co)); print(debug.traceback(co))
local co = coroutine.create(function () error("X") end)
print(coroutine.resume(co)); print(debug.traceback(co))
coroutine.wrap(function () tb("in co") end)()
-- expect: stack traceback:
-- expect: stack traceback:
-- expect:  [C]: in function 'coroutine.yield'
-- expect:  tracebacks.lua:334: in local 'inner'
-- expect:  tracebacks.lua:334: in function <tracebacks.lua:334>
-- expect: msg
-- expect: stack traceback:
-- expect:  [C]: in function 'coroutine.yield'
-- expect:  tracebacks.lua:334: in local 'inner'
-- expect:  tracebacks.lua:334: in function <tracebacks.lua:334>
-- expect: msg
-- expect: stack traceback:
-- expect:  tracebacks.lua:334: in local 'inner'
-- expect:  tracebacks.lua:334: in function <tracebacks.lua:334>
-- expect: stack traceback:
-- expect: stack traceback:
-- expect: false tracebacks.lua:343: attempt to perform arithmetic on a nil value
-- expect: stack traceback:
-- expect:  tracebacks.lua:343: in function <tracebacks.lua:343>
-- expect: false tracebacks.lua:345: X
-- expect: stack traceback:
-- expect:  [C]: in function 'error'
-- expect:  tracebacks.lua:345: in function <tracebacks.lua:345>
-- expect: in co
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:347: in function <tracebacks.lua:347>

--- chunks and callbacks ---
load("debug = ... print(debug.traceback('chunk'))", "=chunk")(debug)
load("debug = ... print(debug.traceback('chunk'))", "code here\nmore")(debug)
load(string.dump(load("local debug = ... print(debug.traceback('chunk'))", "=chunk"), true))(debug)
string.gsub("a", "a", function () tb("gsub") end)
table.sort({2, 1}, function (a, b) tb("sort") return a < b end)
print(pcall(error))
tostring(setmetatable({}, {__tostring = function () tb("tostring") return "x" end}))
print(select(2, pcall(string.rep, "x", -1, {})))
load(coroutine.wrap(function () tb("reader") coroutine.yield() end))
-- expect: chunk
-- expect: stack traceback:
-- expect:  chunk:1: in main chunk
-- expect:  tracebacks.lua:377: in main chunk
-- expect:  [C]: in ?
-- expect: chunk
-- expect: stack traceback:
-- expect:  [string "code here..."]:1: in main chunk
-- expect:  tracebacks.lua:378: in main chunk
-- expect:  [C]: in ?
-- expect: chunk
-- expect: stack traceback:
-- expect:  ?: in main chunk
-- expect:  tracebacks.lua:379: in main chunk
-- expect:  [C]: in ?
-- expect: gsub
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:380: in function <tracebacks.lua:380>
-- expect:  [C]: in function 'string.gsub'
-- expect:  tracebacks.lua:380: in main chunk
-- expect:  [C]: in ?
-- expect: sort
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:381: in function <tracebacks.lua:381>
-- expect:  [C]: in function 'table.sort'
-- expect:  tracebacks.lua:381: in main chunk
-- expect:  [C]: in ?
-- expect: false nil
-- expect: tostring
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:383: in function <tracebacks.lua:383>
-- expect:  [C]: in function 'tostring'
-- expect:  tracebacks.lua:383: in main chunk
-- expect:  [C]: in ?
-- expect: bad argument #3 to 'string.rep' (string expected, got table)
-- expect: reader
-- expect: stack traceback:
-- expect:  tracebacks.lua:2: in upvalue 'tb'
-- expect:  tracebacks.lua:385: in function <tracebacks.lua:385>

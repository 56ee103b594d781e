-- Local attributes (manual 3.3.7, 3.3.8): const and to-be-closed variables.

--- constants ---
local a <const>, b <const> = 1, { x = 1 }
b.x = 2
print(a, b.x) -- expect: 1 2
local pi <const> = 3.14
local name <const> = "n"
local no <const> = nil
local yes <const>, off <const> = true, false
local function f() return pi * 2, name .. "!", no, yes, off, -a end
print(f()) -- expect: 6.28 n! nil true false -1
print((select(2, load("local x <const> = 1; x = 2", "=m"))))
-- expect: m:1: attempt to assign to const variable 'x'
print((select(2, load("local x <const> = 1; local function f() x = 2 end", "=m"))))
-- expect: m:1: attempt to assign to const variable 'x'
print((select(2, load("local x <const> = 1; function x() end", "=m"))))
-- expect: m:1: attempt to assign to const variable 'x'
print((select(2, load("local x <const>, y = 1; y, x = 1, 2", "=m"))))
-- expect: m:1: attempt to assign to const variable 'x'
print((select(2, load("local x <close> = nil; x = 2", "=m"))))
-- expect: m:1: attempt to assign to const variable 'x'
print((select(2, load("local x <unknown> = nil", "=m"))))
-- expect: m:1: unknown attribute 'unknown'
print((select(2, load("local x <close>, y <close> = nil", "=m"))))
-- expect: m:1: multiple to-be-closed variables in local list
print((select(2, load("for i <const> = 1, 2 do end", "=m"))))
-- expect: m:1: '=' or 'in' expected near '<'

--- values are closed in reverse order at the end of the block ---
local function new(name, log)
  return setmetatable({}, { __close = function(_, e) log[#log + 1] = name .. ":" .. tostring(e) end })
end
local log = {}
do
  local x <close> = new("x", log)
  local y <close> = new("y", log)
  local z <const> = 5
  log[#log + 1] = "body"
end
print(table.concat(log, " ")) -- expect: body y:nil x:nil

--- nil and false are ignored, other values must have __close ---
do
  local a <close> = nil
  local b <close> = false
end
print(pcall(function() local x <close> = 42 end))
-- expect: false attribs.lua:48: variable 'x' got a non-closable value
print(pcall(function() local x <close> = {} end))
-- expect: false attribs.lua:50: variable 'x' got a non-closable value
print(pcall(function() local xyz <close> = setmetatable({}, { __close = 4 }) end))
-- expect: false attribs.lua:52: attempt to call a number value (metamethod 'close')

--- every way out closes ---
local function new(log)
  return setmetatable({}, { __close = function() log[#log + 1] = "closed" end })
end
local log = {}
local function ret(v)
  local x <close> = new(log)
  return v, #log
end
print(ret(7), #log) -- expect: 7 1
log = {}
for i = 1, 3 do
  local x <close> = new(log)
  if i == 2 then break end
end
print(#log) -- expect: 2
log = {}
print(pcall(function() -- expect: false e
  local x <close> = new(log)
  error("e", 0)
end))
print(#log) -- expect: 1
log = {}
local co = coroutine.wrap(function()
  local x <close> = new(log)
  coroutine.yield(1)
  return 2
end)
print(co(), #log) -- expect: 1 0
print(co(), #log) -- expect: 2 1

--- return values are kept while closing, no tail call ---
local function many(...)
  local x <close> = setmetatable({}, { __close = function() local a, b, c, d = 9, 9, 9, 9 end })
  return ...
end
print(many(1, 2, 3)) -- expect: 1 2 3
print(select("#", many())) -- expect: 0
local depth = 0
local function notail(n)
  local x <close> = setmetatable({}, { __close = function() depth = depth + 1 end })
  if n > 0 then return notail(n - 1) end
  return depth
end
print(notail(10), depth) -- expect: 0 11

--- the error passes through the handlers ---
local log = {}
local function handler(name, err)
  return setmetatable({}, { __close = function(_, e)
    log[#log + 1] = name .. "=" .. tostring(e)
    if err then error(err, 0) end
  end })
end
print(pcall(function() -- expect: false error in b
  local a <close> = handler("a")
  local b <close> = handler("b", "error in b")
  local c <close> = handler("c")
  error("first", 0)
end))
print(pcall(function() -- expect: false only in b
  local a <close> = handler("a")
  local b <close> = handler("b", "only in b")
  return "lost"
end))
print(table.concat(log, " ")) -- expect: c=first b=first a=error in b b=nil a=only in b

--- a handler that is removed before it is called ---
print(pcall(function()
-- expect: false attribs.lua:127: attempt to call a nil value (metamethod 'close')
  local t <close> = setmetatable({}, { __close = print })
  getmetatable(t).__close = nil
end))

--- yields inside __close ---
local co = coroutine.wrap(function()
  local x <close> = setmetatable({}, { __close = function(_, e)
    coroutine.yield("closing " .. tostring(e))
    coroutine.yield("after yield")
  end })
  return "result"
end)
print(co()) -- expect: closing nil
print(co()) -- expect: after yield
print(co()) -- expect: result
local co = coroutine.wrap(function()
  return pcall(function()
    local x <close> = setmetatable({}, { __close = function(_, e) coroutine.yield("y:" .. e) end })
    error("err", 0)
  end)
end)
print(co()) -- expect: y:err
print(co()) -- expect: false err

--- closing a coroutine ---
local log = {}
local co = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function(_, e) log[#log + 1] = "x" .. tostring(e) end })
  coroutine.yield()
end)
coroutine.resume(co)
print(coroutine.close(co), log[1], coroutine.status(co)) -- expect: true xnil dead
co = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function(_, e) error("in close", 0) end })
  coroutine.yield()
end)
coroutine.resume(co)
print(coroutine.close(co)) -- expect: false in close
print(coroutine.status(co)) -- expect: dead

--- in loops and with goto ---
local out = {}
local i = 1
::again::
do
  local x <close> = setmetatable({}, { __close = function() out[#out + 1] = "c" .. i end })
  if i < 3 then
    i = i + 1
    goto again
  end
end
print(table.concat(out, " ")) -- expect: c2 c3 c3

-- The stack of frames under attack: each section is the story of a bug.

--- a failed call is not counted as nested for ever ---
-- What cannot be called left the count of nested C calls one too high: after some 200 caught
-- errors every metamethod failed with "C stack overflow".
local kinds = {
  function() return setmetatable({}, { __add = 5 }) + 1 end,
  function() return setmetatable({}, { __index = function() end }) < 1 end,
  function() for _ in 5 do end end,
  function() local x <close> = setmetatable({}, { __close = 5 }) end,
  function() string.gsub("x", "x", setmetatable({}, { __index = 5 })) end,
  function() table.concat(setmetatable({}, { __len = 5 })) end,
  function() table.sort({ 3, 2, 1 }, function(a, b) return a + {} < b end) end,
}
for _, f in ipairs(kinds) do
  local first, same = select(2, pcall(f)), true
  for _ = 1, 250 do same = same and select(2, pcall(f)) == first end
  print(same, (first:find("C stack overflow")))
end
-- expect: true nil
-- expect: true nil
-- expect: true nil
-- expect: true nil
-- expect: true nil
-- expect: true nil
-- expect: true nil

--- the stack shrinks to what the frames below need ---
--! stress 1000
-- After an overflow the stack was cut to what was in use; the registers of the frame below that
-- were free at the call ended up beyond its end.
local function rec() return 1 + rec() end
local numbers = {}
for i = 1, 240 do numbers[i] = i end
local wide = load("local rec = ... pcall(rec) return " .. table.concat(numbers, ","))
local sum = 0
for _, n in ipairs { wide(rec) } do sum = sum + n end
print(sum) -- expect: 28920

--- an overflow can be survived again and again ---
--! stress 1000
-- The reserve for handling an overflow stayed in use when the pcall was deep: the second overflow
-- was an "error in error handling".
local function rec() return 1 + rec() end
local function deep(n)
  if n > 0 then
    local s = deep(n - 1)
    return s
  end
  local seen = {}
  for i = 1, 3 do seen[i] = select(2, pcall(rec)):match("stack overflow") end
  return table.concat(seen, " ")
end
print(deep(10)) -- expect: stack overflow stack overflow stack overflow
print(deep(100000)) -- expect: stack overflow stack overflow stack overflow

--- an overflow while closing becomes the error ---
--! stress 100000
local log = {}
local function rec(n)
  local x <close> = setmetatable({}, { __close = function(_, e) log[#log + 1] = tostring(e):match("overflow") end })
  return 1 + rec(n + 1)
end
local ok, e = pcall(rec, 1)
print(ok, e:match("overflow"), log[1], log[#log]) -- expect: false overflow overflow overflow

--- loop counters that a debugger overwrites ---
-- The remaining count was written without its tag: a table put there became a wild pointer.
local function loop()
  local n = 0
  for i = 1, 5 do
    n = n + 1
    for slot = 1, 10 do
      local name = debug.getlocal(1, slot)
      if name == "(for state)" then
        debug.setlocal(1, slot + 1, {})
        break
      end
    end
    collectgarbage()
    if n > 100 then break end
  end
  return n > 0
end
print(pcall(loop)) -- expect: true true

--- handlers at the limit of nested calls come to an end ---
-- A handler that could not be called because of the limit was tried again for ever.
local function nest(n, f) if n == 0 then return f() end return select(2, pcall(nest, n - 1, f)) end
local seen = {}
for depth = 150, 199 do
  local s = nest(depth, function() return select(2, xpcall(error, function(e) error(e) end, "e")) end)
  seen[tostring(s)] = true
end
print(seen["C stack overflow"], next(seen) ~= nil) -- expect: true true
print((xpcall(function() debug.setlocal(2, 1, 42) error("x") end, function() end))) -- expect: false

--- an error caught inside a __close method does not make the closing fail ---
-- Any error inside, caught or not, made coroutine.close return false.
local co = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function() print(pcall(error, "inner")) end })
  coroutine.yield()
end)
coroutine.resume(co)
print(coroutine.close(co), coroutine.status(co))
-- expect: false inner
-- expect: true dead

--- thousands of variables whose __close is gone ---
--! stress 1000
-- Each failure to close recursed on the host's stack.
local mt = { __close = function() end }
local function rec(n)
  local x <close> = setmetatable({}, mt)
  if n == 0 then
    mt.__close = nil
    error("deep")
  end
  return (rec(n - 1))
end
print((select(2, pcall(rec, 30000)):gsub(" %(.*", ""))) -- expect: attempt to call a nil value

--- errors in three hundred __close methods of a coroutine ---
-- Each counted as a nested call to the end of the closing: "C stack overflow".
local mt = { __close = function(_, e) error(e and e .. "x" or "x", 0) end }
local co = coroutine.create(function()
  local function rec(n)
    local x <close> = setmetatable({}, mt)
    if n == 0 then coroutine.yield() end
    return (rec(n - 1))
  end
  rec(299)
end)
coroutine.resume(co)
print(#select(2, coroutine.close(co))) -- expect: 300

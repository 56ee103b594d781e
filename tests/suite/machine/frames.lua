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

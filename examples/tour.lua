-- A tour of Lua 5.4, as Luka runs it. Try: cargo run --release -- examples/tour.lua

print("Hello from " .. _VERSION)

-- Integers and floats are two kinds of number; / makes floats, // and % round down.
print(7 // 2, 7 / 2, 7 % -3, 2 ^ 10, 1 << 62, 0x7fffffffffffffff + 1 == math.mininteger)

-- Functions are values; a closure keeps the variables it uses.
local function counter()
  local n = 0
  return function()
    n = n + 1
    return n
  end
end
local tick = counter()
print(tick(), tick(), tick())

-- One data structure, the table: arrays, dictionaries, objects, modules.
local primes = {}
for i = 2, 30 do
  local prime = true
  for _, p in ipairs(primes) do
    if i % p == 0 then
      prime = false
      break
    end
  end
  if prime then primes[#primes + 1] = i end
end
print(table.concat(primes, ", "))

-- Metatables give tables operators and defaults.
local Vector = {}
Vector.__index = Vector
function Vector.new(x, y) return setmetatable({x = x, y = y}, Vector) end
function Vector:length() return math.sqrt(self.x ^ 2 + self.y ^ 2) end
Vector.__add = function(a, b) return Vector.new(a.x + b.x, a.y + b.y) end
Vector.__tostring = function(v) return ("(%g, %g)"):format(v.x, v.y) end
local v = Vector.new(1, 2) + Vector.new(2, 2)
print(tostring(v), v:length())

-- Coroutines: functions that pause and go on.
local function permutations(list)
  local function go(n)
    if n == 0 then coroutine.yield(table.concat(list, " ")) end
    for i = 1, n do
      list[i], list[n] = list[n], list[i]
      go(n - 1)
      list[i], list[n] = list[n], list[i]
    end
  end
  return coroutine.wrap(function() go(#list) end)
end
for p in permutations {"a", "b", "c"} do io.write("[", p, "] ") end
print()

-- Patterns take text apart.
for key, value in ("width=640; height = 480"):gmatch("(%w+)%s*=%s*(%d+)") do
  print(key, value + 0)
end

-- Errors are values; to-be-closed variables clean up on every way out.
local function guarded()
  local resource <close> = setmetatable({}, {
    __close = function(_, e) print("closing after", type(e)) end,
  })
  error({code = 42})
end
local ok, e = pcall(guarded)
print(ok, e.code)

-- goto, varargs, integer division of the alphabet, and a byte or two.
local function join(sep, ...)
  local out = ""
  for i = 1, select("#", ...) do
    local s = tostring((select(i, ...)))
    if s == "nil" then goto continue end
    out = out .. (out == "" and "" or sep) .. s
    ::continue::
  end
  return out
end
print(join("-", 1, nil, "two", 3.0))
print(("%5.2f|%-6s|%x|%q"):format(math.pi, "left", 255, "a\nb"))
print(utf8.char(76, 117, 107, 225), utf8.len("Luká"), #"Luká")

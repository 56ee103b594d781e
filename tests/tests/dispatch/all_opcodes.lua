-- Every opcode, ROUNDS times each: run by dispatch.rs on a small host stack, which overflows if any
-- handler calls the next one instead of jumping to it. Prints the sum that shows that it ran.
local ROUNDS <const> = 200000

G, H = 0, 0

local function none() end                                   -- RETURN0
local function one(x) return x end                          -- RETURN1
local function some(x, y) return x, y end                   -- RETURN
local function rest(...) local a, b = ... return ..., a, b end -- VARARGPREP, VARARG
local function tail(x) return one(x) end                    -- TAILCALL

local object = { field = 1, method = function(self, x) return x end }
local list, key = { 1, 2, 3 }, "field"
local counter = 0
local function up(x) counter = counter + x return counter end -- GETUPVAL, SETUPVAL

local function arithmetic(i, x)
  local a = i + 1 a = a - 2 a = 3 + a
  a = a + 70000.5 a = a - 70000.5 a = a * 2 a = a / 2 a = a // 1 a = a ^ 1 a = a % 65536
  local n = i & 255 n = n | 256 n = n ~ 3 n = n << 1 n = n >> 1
  n = n & 0x7fffffff n = n | 0x10000000 n = n ~ 0x10000000
  local two = 2
  n = n << two n = n >> two n = n & i n = n | i n = n ~ i n = ~n n = -n
  a = a + x a = a - x a = a * two a = a / two a = a // two a = a % i a = a ^ two
  return a, n
end

local function moves(a)
  local b, c, d
  local t, f, n, r, k = true, false, nil, 7.0, 123456789012
  b = a c = not b d = #list
  local s = a .. key .. k
  local same = b == a                                       -- LFALSESKIP
  local either, both = n or t, t and f                      -- JTSET, JFSET
  either, both = c or s, t and d
  return b, c, d, t, f, n, r, s, same, either, both
end

local function tables(i)
  G = i H = 1 G = G + H
  local t = { i, i + 1, rest(i), name = 1 }
  t.name = i t.name = 5 t[1] = i t[1] = "constant" t[key] = i t[key] = true
  return t.name, t[2], t[key], object:method(i), object.field
end

local function jumps(a, b, t)
  local n = 0
  if a then n = n + 1 end
  if not a then n = n + 100 end
  if t or a then n = n + 1 end
  if a == b then n = n + 1 end
  if a ~= b then n = n + 1 end
  if a == "k" then n = n + 1 end
  if a ~= "k" then n = n + 1 end
  if a == 7 then n = n + 1 end
  if a ~= 7 then n = n + 1 end
  if a < b then n = n + 1 end
  if a <= b then n = n + 1 end
  if a > b then n = n + 1 end
  if a >= b then n = n + 1 end
  if a < 7 then n = n + 1 end
  if a <= 7 then n = n + 1 end
  if a > 7 then n = n + 1 end
  if a >= 7 then n = n + 1 end
  -- The same where the jump is taken if the comparison holds.
  if a == b or t then n = n + 1 end
  if a ~= b or t then n = n + 1 end
  if a == "k" or t then n = n + 1 end
  if a ~= "k" or t then n = n + 1 end
  if a == 7 or t then n = n + 1 end
  if a ~= 7 or t then n = n + 1 end
  if a < b or t then n = n + 1 end
  if a <= b or t then n = n + 1 end
  if a < 7 or t then n = n + 1 end
  if a <= 7 or t then n = n + 1 end
  if a > 7 or t then n = n + 1 end
  if a >= 7 or t then n = n + 1 end
  return n
end

local closing = setmetatable({}, { __close = none })
local function loops(i)
  local n = 0
  for j = i, i + 1 do n = n + j - i end                     -- FORPREP, FORLOOP
  for j = 0.5, 1 do n = n + j end
  for j = 2, 1 do n = n + j end
  for k, v in next, list do n = n + v end                   -- TFORPREP, TFORCALL, TFORLOOP
  for k in one do n = n + k end
  do
    local closed <close> = closing                          -- TBC, CLOSE
    local f = function() return closed end                  -- CLOSURE
  end
  while true do n = n + 1 if n > 3 then goto out end end    -- JMP
  ::out::
  return n
end

-- Metamethods and errors leave the handlers' straight way and come back.
local meta = setmetatable({}, {
  __add = one, __index = function(t, k) return k end, __newindex = none, __call = one, __lt = none,
  __len = function() return 1 end, __concat = function() return "" end, __eq = none,
})
local other = setmetatable({}, getmetatable(meta))
local function detours(i)
  local a = meta + i
  meta.absent = meta.absent
  meta[i] = meta[i]
  meta(i)
  local n = #meta .. meta
  if meta < other then i = 0 end
  if meta == other then i = 0 end
  pcall(error, i)
  return tostring(i)
end

local co = coroutine.wrap(function(i) while true do i = coroutine.yield(i) end end)
local sum = 0
for i = 1, ROUNDS do
  none()
  sum = sum + one(i) + some(i, i) + rest(i, i) + tail(i) + up(1) + co(i)
  arithmetic(i, 1)
  moves(i)
  tables(i)
  sum = sum + jumps(i, 7, true) + loops(i)
  detours(i)
end
print(ROUNDS, sum)

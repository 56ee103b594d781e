-- The numerical for loop (manual 3.3.5).

local function run(a, b, c)
  local t = {}
  for i = a, b, c or 1 do
    t[#t + 1] = tostring(i)
    if #t == 6 then break end
  end
  return table.concat(t, " ")
end

--- integer loops ---
print(run(1, 3, 1), "|", run(3, 1, -1), "|", run(1, 0, 1), "|", run(1, 10, 4))
-- expect: 1 2 3 | 3 2 1 |  | 1 5 9
print(run(-3, 3, 2), "|", run(5, 5, 1), "|", run(5, 5, -1)) -- expect: -3 -1 1 3 | 5 | 5

--- default step, types of the loop variable ---
for i = 1, 2 do print(i, math.type(i)) end
-- expect: 1 integer
-- expect: 2 integer
for i = 1.0, 2 do print(i) end
-- expect: 1.0
-- expect: 2.0
for i = 1, 2.5 do print(i) end
-- expect: 1
-- expect: 2
for i = 1, 2, 0.5 do print(i) end
-- expect: 1.0
-- expect: 1.5
-- expect: 2.0

--- float loops ---
print(run(0.0, 1, 0.25), "|", run(1, 0, -0.5), "|", run(1.0, 3.9))
-- expect: 0.0 0.25 0.5 0.75 1.0 | 1.0 0.5 0.0 | 1.0 2.0 3.0
print(run(0.1, 0.35, 0.1)) -- expect: 0.1 0.2 0.3

--- limits beyond the integers ---
print(run(math.maxinteger - 1, math.maxinteger), "|", run(math.mininteger + 1, math.mininteger, -1))
-- expect: 9223372036854775806 9223372036854775807 | -9223372036854775807 -9223372036854775808
print(run(math.maxinteger - 1, math.huge), "|", run(math.mininteger, -math.huge, -1))
-- expect: 9223372036854775806 9223372036854775807 | -9223372036854775808
print(run(1, -math.huge), "|", run(1, math.huge, -1), "|", run(1, 0/0), "|", run(1, 3.9))
-- expect:  |  |  | 1 2 3
print(run(3, 0.1, -1), "|", run(-1, -3.9, -1), "|", run(1, 1e308, math.maxinteger))
-- expect: 3 2 1 | -1 -2 -3 | 1
print(run(math.mininteger, math.maxinteger, math.maxinteger))
-- expect: -9223372036854775808 -1 9223372036854775806
print(run(math.maxinteger, math.mininteger, math.mininteger)) -- expect: 9223372036854775807 -1
print(run(1, 3, math.maxinteger), "|", run(3, 1, math.mininteger)) -- expect: 1 | 3
print(run(math.huge, math.huge), "|", run(1, math.huge, math.huge))
-- expect: inf inf inf inf inf inf | 1.0 inf inf inf inf inf

--- bad values ---
local function try(...) print((select(2, pcall(run, ...)))) end
-- expect: numeric_for.lua:5: bad 'for' initial value (number expected, got string)
-- expect: 1 2
-- expect: numeric_for.lua:5: bad 'for' limit (number expected, got table)
-- expect: numeric_for.lua:5: bad 'for' step (number expected, got string)
-- expect: numeric_for.lua:5: bad 'for' initial value (number expected, got nil)
-- expect: numeric_for.lua:5: 'for' step is zero
-- expect: numeric_for.lua:5: 'for' step is zero
-- expect: numeric_for.lua:5: 'for' step is zero
-- expect: numeric_for.lua:5: bad 'for' step (number expected, got table)
try("a", 2)
try(1, "2")
try(1, {})
try(1, 2, "x")
try(nil, 1)
try(1, 10, 0)
try(1.0, 10, 0)
try(1, 10, 0.0)
try(1, 2, {})

--- the loop variable is a copy ---
for i = 1, 3 do
  local j = i
  i = i * 10
  print(j, i)
  -- expect: 1 10
  -- expect: 2 20
  -- expect: 3 30
end

--- expressions are evaluated once, in order ---
local log = {}
local function v(n, x)
  log[#log + 1] = n
  return x
end
for i = v("start", 1), v("limit", 3), v("step", 2) do log[#log + 1] = i end
print(table.concat(log, " ")) -- expect: start limit step 1 3

--- nested loops and closures ---
local fs = {}
for i = 1, 2 do
  for j = i, 2 do
    fs[#fs + 1] = function() i = i + 1 return i, j end
  end
end
print(fs[1]()) -- expect: 2 1
print(fs[2]()) -- expect: 3 2
print(fs[1]()) -- expect: 4 1
print(#fs, fs[3]()) -- expect: 3 3 2

--- loop count is fixed at the start ---
local n = 3
local count = 0
for i = 1, n do
  n = 100
  count = count + 1
end
print(count) -- expect: 3

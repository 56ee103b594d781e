-- The generic for loop (manual 3.3.5).

local function iter(state, control)
  if control < state.n then return control + 1, control * 2 end
end

--- the iteration protocol ---
for i, v in iter, { n = 3 }, 0 do print(i, v) end
-- expect: 1 0
-- expect: 2 2
-- expect: 3 4

--- pairs, ipairs, next ---
for k, v in pairs { 10, 20 } do print(k, v) end
-- expect: 1 10
-- expect: 2 20
for i, v in ipairs { 1, 2, nil, 4 } do print(i, v) end
-- expect: 1 1
-- expect: 2 2
for k, v in next, { x = 1 } do print(k, v) end -- expect: x 1
for k, v in next, {} do print "never" end
local keys = {}
for k in pairs { a = 1, b = 2, c = 3, 7, 8 } do keys[#keys + 1] = tostring(k) end
table.sort(keys)
print(table.concat(keys, " ")) -- expect: 1 2 a b c

--- more and fewer variables than values ---
for a in iter, { n = 1 }, 0 do print(a) end -- expect: 1
for a, b, c, d in iter, { n = 1 }, 0 do print(a, b, c, d) end -- expect: 1 0 nil nil

--- explist of other lengths ---
local function f() return iter, { n = 1 }, 0 end
for a, b in f() do print(a, b) end -- expect: 1 0
for a, b in f(), { n = 2 }, 1 do print(a, b) end -- expect: 2 2
print(pcall(function() for a in nil do end end))
-- expect: false generic_for.lua:35: attempt to call a nil value (for iterator 'for iterator')
print(pcall(function() for a in 5 do end end))
-- expect: false generic_for.lua:37: attempt to call a number value (for iterator 'for iterator')
print(pcall(function() for a, b in {} do end end))
-- expect: false generic_for.lua:39: attempt to call a table value (for iterator 'for iterator')
print(pcall(function() local t = {} for a in t.iter do end end))
-- expect: false generic_for.lua:41: attempt to call a nil value (for iterator 'for iterator')
print(pcall(function() for a in iter do end end))
-- expect: false generic_for.lua:4: attempt to index a nil value (local 'state')

--- iterators made of callable tables ---
local callable = setmetatable({}, {
  __call = function(self, state, control)
    control = (control or 0) + 1
    if control <= 2 then return control end
  end,
})
for i in callable do print(i) end
-- expect: 1
-- expect: 2

--- fields may be changed or cleared while traversing ---
local t = {}
for i = 1, 100 do t[i], t["k" .. i] = i, i end
local n = 0
for k, v in pairs(t) do
  n = n + 1
  if n % 2 == 0 then t[k] = nil else t[k] = v + 1 end
end
print(n) -- expect: 200
local left = 0
for _ in pairs(t) do left = left + 1 end
print(left) -- expect: 100

--- the closing value ---
local function closing(log)
  return function(_, i) if i < 3 then return i + 1 end end, nil, 0,
    setmetatable({}, { __close = function(_, e) log[#log + 1] = "closed " .. tostring(e) end })
end
local log = {}
for i in closing(log) do log[#log + 1] = tostring(i) end
print(table.concat(log, " ")) -- expect: 1 2 3 closed nil
log = {}
for i in closing(log) do
  log[#log + 1] = tostring(i)
  if i == 2 then break end
end
print(table.concat(log, " ")) -- expect: 1 2 closed nil
log = {}
print(pcall(function() for i in closing(log) do error("oops", 0) end end)) -- expect: false oops
print(table.concat(log, " ")) -- expect: closed oops
log = {}
print((function() for i in closing(log) do return i end end)(), log[1]) -- expect: 1 closed nil
log = {}
for i in closing(log) do goto out end
::out::
print(log[1]) -- expect: closed nil
print(pcall(function() for i in next, {}, nil, 42 do end end))
-- expect: false generic_for.lua:93: variable '(for state)' got a non-closable value
for i in next, {}, nil, nil do end
for i in next, {}, nil, false do end

--- the control variable keeps its value when the loop variable is assigned ---
for i, v in ipairs { "a", "b" } do
  local k = i
  i = 10
  print(k, i, v)
  -- expect: 1 10 a
  -- expect: 2 10 b
end

--- coroutines as iterators ---
local function letters(s)
  return coroutine.wrap(function() for c in s:gmatch "." do coroutine.yield(c) end end)
end
local out = {}
for a in letters "ab" do for b in letters "xy" do out[#out + 1] = a .. b end end
print(table.concat(out, " ")) -- expect: ax ay bx by

--- a yield inside an iterator and a loop body ---
local co = coroutine.wrap(function()
  for a in function(_, c)
    return coroutine.yield("iter " .. tostring(c))
  end do
    coroutine.yield("body " .. a)
  end
  return "end"
end)
print(co()) -- expect: iter nil
print(co "A") -- expect: body A
print(co()) -- expect: iter A
print(co(nil)) -- expect: end

-- Values that debug.setlocal puts where the machine keeps its own.

--- the hidden variables of loops ---
--! skip oracle PUC trusts the values
-- A loop whose state is no longer of numbers ends.
for i = 1, 1000000 do
  debug.setlocal(1, 2, {})
  collectgarbage()
  print(i) -- expect: 1
end
for i = 1, 1000000 do debug.setlocal(1, 1, "x") print(i) end -- expect: 1
for i = 1.0, 1000000 do debug.setlocal(1, 2, 1) print(i) end -- expect: 1.0
for i = 1, 1000000 do debug.setlocal(1, 3, print) print(i) end -- expect: 1
print(pcall(function () for k in pairs{10, 20} do debug.setlocal(1, 2, nil) end end))
-- expect: false foreign_hands.lua:14: bad argument #1 to 'for iterator' (table expected, got nil)

--- natives that wait for a function ---
--! skip oracle PUC sorts the other table
-- What a native keeps in its frame meanwhile stays.
local t = {3, 1, 2}
table.sort(t, function (a, b)
  for i = 1, 20 do debug.setlocal(2, i, print) end
  return a < b
end)
print(t[1], t[2], t[3]) -- expect: 1 2 3

--- a constant in the way of a variable ---
local function f (a, b)
  debug.setlocal(1, 1, nil)
  debug.setlocal(1, 2, "text")
  return a, b
end
print(f(1, 2)) -- expect: nil text

--- upvalues of natives ---
--! skip oracle PUC does not check them
local next_word = string.gmatch("a b", "%a")
for i = 1, 8 do debug.setupvalue(next_word, i, {}) end
print((pcall(next_word)))
-- expect: true

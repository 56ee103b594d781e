-- Assignments that do nothing.
local a, b = ...
local t = { x = a }
a = a
t.x = t.x
t[a] = t[a]
a, b = b, a
a, b = a, b
local c = 1, 2
local d = 1, print()
local _ = a, b
b = 1, 2
print(a, b, c, d)

#!/usr/bin/env luka
local a = 1
local b = 2
local c <const>, d <close> = 3, nil

local function add(a, b, ...) return a + b end
function M.a.b:c(x, y)
  return x, y
end

if a == b then print(1) end
if a == b then
  print(1)
elseif c then
  print(2)
else
end
if a then
  b()
  c()
end
while a < b do a = a + 1 end
repeat
  a = a + 1
until a > 10
for i = 1, 10, 2 do print(i) end
for k, v in pairs(t), nil do
  print(k, v)
end
do local x = 1 end
do
  goto done
  ::done::
end
f();
(g or h)(1)
a.b.c, d[1] = f(), g()
return a, b

-- Code nobody reaches.
local a = ...
local function f()
  do return 1 end
  print("after return")
end
local function g()
  while true do
    if a then return end
  end
  print("after an endless loop")
end
local function h()
  while true do
    if a then break end
  end
  print("after a loop that ends")
end
local function i()
  if a then return 1 else error("no") end
  print("after an if")
end
local function j()
  goto done
  print("jumped over")
  ::done::
  print("label")
end
local function k()
  for _ = 1, 3 do
    if a then goto continue end
    print("x")
    ::continue::
  end
  repeat if a then break end until false
  print("after repeat")
  while true do print("x") end
  return "to be sure"
end
local function l()
  os.exit(1)
  print("after exit")
end
if a == 1 then print(1) elseif a == 2 then print(2) elseif a == 1 then print(3) end
if f() then print(1) elseif f() then print(2) end
for n = #arg, 1 do print(n) end
for n = 10, 1 do print(n) end
for n = 10, 1, -1 do print(n) end
if f() then print(1) else print(1) end
if f() then
  print(1, 2)
elseif g() then
  print(1,2)
else
  print(1, 2) -- the same tokens
end
if f() then print(1) elseif g() then print(1) else print(2) end
if f() then print(1) elseif g() then print(1) end
if f() then else end
return f, g, h, i, j, k, l

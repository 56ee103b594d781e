for i = 1, 10 do
  if i > 5 then break end
end
for i = a, b, c do local function f() return i end end
for k, v in pairs(t) do
  g(function() return k end)
  if v then break end
end
while a do
  local x = a
  h(function() x = x + 1 end)
  if x then break end
  while true do a = nil end
end
repeat
  local y = a()
  local z = function() return y end
until y == z
repeat local y = a() until not y

local n, divided = ...
local sum, c = 0, 2
while c ~= n do
  if divided % c % 2 == 0 then sum = sum + c end
  c = c + 1
end
return sum

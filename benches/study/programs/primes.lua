local n = ...
local sum, c = 0, 2
while c ~= n do
  local d = 2
  while d ~= c and c % d ~= 0 do d = d + 1 end
  if d == c then sum = sum + c end
  c = c + 1
end
return sum

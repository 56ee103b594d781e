local count, step = ...
local total = 0
while count > 0 do
  total = total + step
  count = count - 1
end
return total

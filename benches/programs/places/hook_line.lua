-- A line hook on short lines and long ones.
local events = 0
debug.sethook(function () events = events + 1 end, "l")
local sum = 0
for i = 1, 5e5 do
  sum = sum + i
  sum = (sum * 3 + i * 7) % 1000003 + (i % 5) * (i % 11) - (sum % 13) * 2
end
debug.sethook()
print(sum, events)

-- A count hook every 10,000 instructions.
debug.sethook(function () end, "", 10000)
local sum = 0
for i = 1, 1e7 do sum = sum + i % 7 end
debug.sethook()
print(sum)

-- A count hook every 1,000 instructions.
debug.sethook(function () end, "", 1000)
local sum = 0
for i = 1, 1e7 do sum = sum + i % 7 end
debug.sethook()
print(sum)

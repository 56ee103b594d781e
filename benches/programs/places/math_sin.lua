-- `math.sin` of numbers of all sizes.
local sin, sum = math.sin, 0
for i = 1, 2e6 do sum = sum + sin(i * 0.37) end
print(("%.6f"):format(sum))

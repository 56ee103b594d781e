-- `^` with exponents that are not whole.
local sum, x = 0, 1.1
for i = 1, 2e6 do sum = sum + (x + i * 1e-6) ^ 1.37 end
print(("%.4f"):format(sum))

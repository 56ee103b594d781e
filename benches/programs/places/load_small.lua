-- `load` of small texts.
local sum = 0
for i = 1, 100000 do sum = sum + load("local x = " .. i .. " return x + 1")() end
print(sum)

-- A string that grows at the front.
local s = ""
for i = 1, 20000 do s = i .. s end
print(#s)

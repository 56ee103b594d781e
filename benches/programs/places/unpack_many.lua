-- `table.unpack` of very many values: what it needs of memory.
local t = {}
for i = 1, 900000 do t[i] = i end
print(select("#", table.unpack(t)))

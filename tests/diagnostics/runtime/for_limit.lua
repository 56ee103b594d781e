local t = { 1, 2, 3 }
for i = 1, t do print(i) end

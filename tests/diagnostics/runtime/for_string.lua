local s = "x"
for c in s do print(c) end

local s = "hello"
for i = 1, s.len do print(s:sub(i, i)) end

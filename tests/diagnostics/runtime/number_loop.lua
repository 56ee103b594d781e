for i in 10 do print(i) end

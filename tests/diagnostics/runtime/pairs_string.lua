for k, v in pairs("abc") do print(k) end

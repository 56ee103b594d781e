if true then local x = 5 end
print(x + 1)

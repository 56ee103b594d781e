local x = 5
print("Value: " .. x.tostring())

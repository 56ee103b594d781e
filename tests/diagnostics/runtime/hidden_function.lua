local type = "x"
print(type(5))

local name = "x"
print(name.upper())

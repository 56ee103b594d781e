local f = io.open("no such file")
print(f:read("a"))

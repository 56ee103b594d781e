local a, b = { x = 1, y = { 2 }, "z", 4 }, { name = "b" }
print(a < b)

local t = {}
print(t.n + 1, 2)

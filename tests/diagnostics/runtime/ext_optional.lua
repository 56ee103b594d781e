local t = { a = 1 }
print(t?.a.b.c)

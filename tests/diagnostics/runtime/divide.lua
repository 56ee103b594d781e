local a, n = 10, 0
print(a // n)

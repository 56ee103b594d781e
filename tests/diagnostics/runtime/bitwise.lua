local mask = 1.5
print(mask & 0xff)

local x = 3
print("x is %d" % x)

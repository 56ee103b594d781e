local x = None
print(x.y)

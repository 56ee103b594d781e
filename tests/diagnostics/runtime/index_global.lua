configuration = {}
print(configuraton.debug)

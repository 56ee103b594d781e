local f = load("x = = 1")
f()

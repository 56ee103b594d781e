local n = 5
n:rep(3)

print(string.rep(20, "-"))

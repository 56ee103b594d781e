local f = load(string.dump(load("local a; return a.b"), true))
f()

local f = load("local a\nreturn a.b.c")
f()

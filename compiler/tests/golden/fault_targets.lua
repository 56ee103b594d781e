local k <const> = 1
k, t.x, f() = 2

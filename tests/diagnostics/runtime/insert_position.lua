local t = {}
table.insert(t, 5, "x")

local t = {}
table.insert("x", t)

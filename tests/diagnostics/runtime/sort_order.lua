local t = {3, 1, 2, 5, 4, 7, 8, 6, 9, 0, 3, 3, 3}
table.sort(t, function(a, b) return a <= b end)
table.sort({1, nil, 3, "x"})

local points = { { x = 1 }, { x = 2 } }
print(points[0].x)

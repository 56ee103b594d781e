local points = { { x = 1 }, { x = 2 } }
for i = 1, #points do
  print(points[i].x - points[i + 1].x)
end

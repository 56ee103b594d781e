local grid = { { 1, 2 }, { 3, 4 } }
local x, y = 3, 1
print(grid[x][y])

local Point = {}
local p = Point(1, 2)

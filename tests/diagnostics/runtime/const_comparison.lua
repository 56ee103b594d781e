local limit <const> = 10
local t = {}
if t.size >= limit then print("big") end

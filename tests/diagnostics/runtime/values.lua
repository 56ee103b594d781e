local text = ("long text "):rep(20) .. "\n\0\"quoted\""
local map = { [1] = "a", [2] = "b", [3] = "c", [4] = "d" }
print(text < map)

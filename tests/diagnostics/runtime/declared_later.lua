greet()
local function greet() print("hi") end
greet()

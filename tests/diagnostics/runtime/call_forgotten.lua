local function name() return "x" end
print("name: " .. name)

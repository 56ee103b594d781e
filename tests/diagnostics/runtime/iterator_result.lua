local function each(t) return t end
for x in each({ 1 }) do print(x) end

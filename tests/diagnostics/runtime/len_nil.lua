local function size(list) return #list end
print(size())

local function apply(f, x) return f(x) end
print(apply(nil, 3))

local m = {}
function m.add(a, b) return a + b end
print(m:add(1, 2))

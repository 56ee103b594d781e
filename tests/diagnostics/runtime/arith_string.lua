local function add(a, b) return a + b end
add(1, "two")

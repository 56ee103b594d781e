-- Arguments of a wrong type.
print(string.rep(20, "-"))
print(("x"):rep("-"))
print(math.max("a", 3), math.floor({}), math.sqrt(nil))
print(string.sub(nil, 1), ("abc"):find({}))
print(table.concat({ 1, 2 }, {}), table.concat("a", ","))
table.insert(3, {})
local s = "abc"
print(s:rep(3, false), s:byte("q"))

-- Converted, left out, or not certain.
print(string.rep(20, "3"), ("x"):rep("0x10"), math.floor(" 12 "), s:sub(1, nil))
print(math.type("x"), math.tointeger("8"), string.len(12), s:sub(unknown), table.pack(nil))
print(pcall(string.rep, 20, "-"))

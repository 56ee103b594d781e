-- Constructors.
local a = ...
local t = { x = 1, y = 2, x = 3, [1] = "a", "b", ["y"] = 4, [a] = 1, [a] = 2, [true] = 1, [true] = 2 }
print(t, #{ 1, nil, 3 }, #{ 1, 2, nil }, #{ nil }, #{ n = nil, 1 })
for _, v in ipairs({ nil, 2 }) do print(v) end
print(table.unpack({ 1, nil, 3 }), table.unpack({ 1, nil, 3 }, 1, 3))

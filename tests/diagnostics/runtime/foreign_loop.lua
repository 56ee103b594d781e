local t = { "a", "b" }
for i, v in enumerate(t) do print(i, v) end

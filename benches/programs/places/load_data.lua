-- A table of data as text, loaded: what it needs of memory.
local lines = {}
for i = 1, 60000 do
  lines[i] = ("{id = %d, name = %q, size = %d, tags = {%d, %d, %d}},"):format(i, "name" .. i, i * 7, i, i + 1, i + 2)
end
local list = load("return {" .. table.concat(lines, "\n") .. "}")()
print(#list, list[60000].name)

-- `load` of a dense megabyte.
local line = "local a%d = {x = %d, y = b.c[%d], f(1, %q, a)} if a then b.d = a.x + %d * 2 end\n"
local lines = {}
local bytes = 0
for i = 1, 11000 do
  lines[i] = "do " .. line:format(i, i, i, "text" .. i, i) .. " end"
  bytes = bytes + #lines[i]
end
local text = table.concat(lines, " ")
for _ = 1, 3 do assert(load(text)) end
print(bytes)

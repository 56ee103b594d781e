-- `load` of a dense megabyte with a syntax error at the end.
local line = "local a%d = {x = %d, y = b.c[%d], f(1, %q, a)} if a then b.d = a.x + %d * 2 end\n"
local lines = {}
for i = 1, 11000 do lines[i] = "do " .. line:format(i, i, i, "text" .. i, i) .. " end" end
local text = table.concat(lines, " ") .. " x = = 1"
for _ = 1, 3 do
  local f, message = load(text, "=text")
  print(f, message)
end

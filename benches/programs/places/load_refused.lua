-- `load` of small texts with a syntax error.
local bytes = 0
for i = 1, 50000 do
  local f, message = load("local x = " .. i .. " return x + + 1", "=text")
  bytes = bytes + #message
end
print(bytes)

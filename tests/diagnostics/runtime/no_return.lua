local function add(a, b)
  local sum = a + b
  print(sum)
end
print(add(1, 2) + 1)

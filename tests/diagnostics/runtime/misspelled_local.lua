local function fact(n)
  if n <= 1 then return 1 end
  return n * factt(n - 1)
end
print(fact(5))

-- Takeuchi's function and Ackermann's: calls with several arguments, comparisons, tail calls.
local function tak(x, y, z)
  if y >= x then return z end
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end
local function ack(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ack(m - 1, 1) end
  return ack(m - 1, ack(m, n - 1))
end
print(string.format("tak %d ack %d", tak(24, 15, 7), ack(2, 1800)))

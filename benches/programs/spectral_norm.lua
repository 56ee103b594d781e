-- Floating-point loops over arrays, a function call in the innermost loop.
local function a(i, j)
  local ij = i + j - 1
  return 1.0 / (ij * (ij - 1) * 0.5 + i)
end
local function mul(n, x, y, transposed)
  for i = 1, n do
    local sum = 0.0
    if transposed then
      for j = 1, n do sum = sum + x[j] * a(j, i) end
    else
      for j = 1, n do sum = sum + x[j] * a(i, j) end
    end
    y[i] = sum
  end
end
local n = 500
local u, v, t = {}, {}, {}
for i = 1, n do u[i] = 1 end
for _ = 1, 10 do
  mul(n, u, t, false)
  mul(n, t, v, true)
  mul(n, v, t, false)
  mul(n, t, u, true)
end
local vbv, vv = 0, 0
for i = 1, n do
  vbv = vbv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print(string.format("%.9f", math.sqrt(vbv / vv)))

-- Elementary functions: partial sums of series, a Fourier series, a spiral.

local sin, cos, exp, log, sqrt, atan = math.sin, math.cos, math.exp, math.log, math.sqrt, math.atan

local function partial_sums(n)
  local roots, flint, cookson, powers = 0, 0, 0, 0
  for k = 1, n do
    local k2, s, c = k * k, sin(k), cos(k)
    powers = powers + (2 / 3) ^ (k - 1)
    roots = roots + k ^ -0.5
    flint = flint + 1 / (k2 * k * s * s)
    cookson = cookson + 1 / (k2 * k * c * c)
  end
  print(string.format("%.9f %.9f %.9f %.9f", powers, roots, flint, cookson))
end

local function fourier(terms)
  local function f(x, n, which)
    local y = (x + 1) ^ x
    if which == 0 then return y end
    if which == 1 then return y * cos(n * x) end
    return y * sin(n * x)
  end
  local function integrate(n, which)
    local steps, sum = 500, 0
    local dx = 2 / steps
    for i = 1, steps - 1 do sum = sum + f(i * dx, n, which) end
    return (f(0, n, which) / 2 + sum + f(2, n, which) / 2) * dx
  end
  local total = integrate(0, 0)
  for i = 1, terms do
    total = total + integrate(i * math.pi, 1) - integrate(i * math.pi, 2)
  end
  print(string.format("%.9f", total))
end

local function spiral(n)
  local x, y, area = 1, 0, 0
  for i = 1, n do
    local angle, radius = i * 0.01, exp(-i * 1e-6) * log(i + 1)
    local nx, ny = radius * cos(angle), radius * sin(angle)
    area = area + sqrt((nx - x) ^ 2 + (ny - y) ^ 2) + atan(ny / (1 + nx * nx)) + radius ^ 3
    x, y = nx, ny
  end
  print(string.format("%.3f", area))
end

partial_sums(250000)
fourier(200)
spiral(300000)

-- Dense matrices as tables of tables: multiplication and Gaussian elimination.
local seed = 5
local function random()
  seed = (seed * 16807) % 2147483647
  return seed / 2147483647
end
local function matrix(n, f)
  local m = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = f(i, j) end
    m[i] = row
  end
  return m
end
local function multiply(a, b, n)
  local columns = matrix(n, function(i, j) return b[j][i] end)
  return matrix(n, function(i, j)
    local row, column, sum = a[i], columns[j], 0.0
    for k = 1, n do sum = sum + row[k] * column[k] end
    return sum
  end)
end
local function determinant(m, n)
  local det = 1.0
  for i = 1, n do
    local p = i
    for r = i + 1, n do
      if math.abs(m[r][i]) > math.abs(m[p][i]) then p = r end
    end
    if p ~= i then
      m[i], m[p] = m[p], m[i]
      det = -det
    end
    local pivot = m[i]
    det = det * pivot[i]
    for r = i + 1, n do
      local row = m[r]
      local factor = row[i] / pivot[i]
      for c = i, n do row[c] = row[c] - factor * pivot[c] end
    end
  end
  return det
end
local n = 260
local a, b = matrix(n, random), matrix(n, random)
local c = multiply(a, b, n)
local trace = 0
for i = 1, n do trace = trace + c[i][i] end
local small = matrix(240, function() return random() * 0.4 end)
print(string.format("trace %.6f, determinant %.6e", trace, determinant(small, 240)))
local again = multiply(multiply(c, a, n), b, n)
print(string.format("corner %.3f", again[n][n]))

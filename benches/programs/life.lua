-- Conway's life on a sparse set of cells: hash keys computed from coordinates.
local WIDTH = 4096
local function step(cells)
  local neighbours = {}
  for key in pairs(cells) do
    for dy = -WIDTH, WIDTH, WIDTH do
      for dx = -1, 1 do
        if dx ~= 0 or dy ~= 0 then
          local k = key + dy + dx
          neighbours[k] = (neighbours[k] or 0) + 1
        end
      end
    end
  end
  local alive = {}
  for key, n in pairs(neighbours) do
    if n == 3 or (n == 2 and cells[key]) then alive[key] = true end
  end
  return alive
end
local cells = {}
for y, row in ipairs({".##", "##.", ".#."}) do -- the R-pentomino
  for x = 1, #row do
    if row:sub(x, x) == "#" then cells[(y + 2000) * WIDTH + x + 2000] = true end
  end
end
for generation = 1, 1680 do
  cells = step(cells)
  if generation % 420 == 0 then
    local n, sum = 0, 0
    for key in pairs(cells) do
      n = n + 1
      sum = (sum + key * 31) % 1000003
    end
    print(string.format("generation %d: %d cells, checksum %d", generation, n, sum))
  end
end

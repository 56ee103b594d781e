-- Backtracking with arrays of booleans.
local function solve(n)
  local column, rising, falling = {}, {}, {}
  local found, first = 0, nil
  local board = {}
  local function place(row)
    if row > n then
      found = found + 1
      if not first then first = table.concat(board, " ") end
      return
    end
    for c = 1, n do
      if not column[c] and not rising[row + c] and not falling[row - c + n] then
        column[c], rising[row + c], falling[row - c + n] = true, true, true
        board[row] = c
        place(row + 1)
        column[c], rising[row + c], falling[row - c + n] = false, false, false
      end
    end
  end
  place(1)
  return found, first
end
for n = 6, 12 do print(string.format("%d queens: %d solutions, first %s", n, solve(n))) end

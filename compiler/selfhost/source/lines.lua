-- Line numbers as PUC Lua counts them: `\n`, `\r`, `\r\n` and `\n\r` each end one line.
-- Mirror of compiler/src/source/lines.rs.

local byte, find, sub = string.byte, string.find, string.sub

local LF <const>, CR <const> = 10, 13

local LineIndex = {}
LineIndex.__index = LineIndex

-- Indexes `text` from `start`, which is on line `first_line`. The positions of the first byte of
-- each line after the first are the array part of the index.
local function new(text, start, first_line)
  local index = setmetatable({first_line = first_line, hint = 0}, LineIndex)
  local count = 0
  local has_cr = find(text, "\r", 1, true)
  local at = find(text, "[\n\r]", start + 1)
  while at do
    if has_cr then
      local this, next = byte(text, at, at + 1)
      if next ~= this and (next == LF or next == CR) then
        at = at + 1
      end
    end
    count = count + 1
    index[count] = at
    at = has_cr and find(text, "[\n\r]", at + 1) or find(text, "\n", at + 1, true)
  end
  return index
end

-- The line, counted from 1, of the byte at `pos`. Callers walk a text nearly in order, so the search
-- starts at the line found last.
function LineIndex:line(pos)
  local at = self.hint
  local first = self[at]
  if not first or first <= pos then
    -- On this line, or on one of the next two?
    for at = at, at + 2 do
      local next = self[at + 1]
      if not next or next > pos then
        self.hint = at
        return self.first_line + at
      end
    end
  end
  -- How many lines start at or before `pos`?
  local low, high = 0, #self
  while low < high do
    local middle = (low + high + 1) // 2
    if self[middle] <= pos then
      low = middle
    else
      high = middle - 1
    end
  end
  self.hint = low
  return self.first_line + low
end

-- The number of the last line.
function LineIndex:last()
  return self.first_line + #self
end

-- Where the program text of a file starts and on which line: `luaL_loadfilex` skips a UTF-8
-- byte-order mark, then a first line that starts with `#`, up to `\n`.
local function skip_first_line(text)
  local start = sub(text, 1, 3) == "\xEF\xBB\xBF" and 3 or 0
  if sub(text, start + 1, start + 1) ~= "#" then
    return start, 1
  end
  return find(text, "\n", start + 1, true) or #text, 2
end

return {new = new, skip_first_line = skip_first_line}

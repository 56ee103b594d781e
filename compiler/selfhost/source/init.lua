-- Source text: its bytes, the chunk's name, and the line of each byte as PUC Lua counts it.
-- Mirror of compiler/src/source/mod.rs.

local chunk_id = require "luka.compiler.source.chunkid".chunk_id
local lines = require "luka.compiler.source.lines"

local Source = {}
Source.__index = Source

-- The longest text we take, in bytes.
local MAX_LEN <const> = 0x7FFFFFFF

-- A source. `name` is what `lua_load` takes: `@file`, `=literal`, or the text itself. Of a "File" a
-- UTF-8 byte-order mark and a first line that starts with `#` are skipped (`luaL_loadfilex`); of a
-- "Chunk", a string given to `load`, every byte is program text.
local function new(name, text, kind)
  local start, first_line = 0, 1
  if kind == "File" then
    start, first_line = lines.skip_first_line(text)
  end
  return setmetatable({
    name = name,
    text = text,
    start = start,           -- where program text starts
    first_line = first_line, -- on which line
    index = nil,             -- the line index, once it is asked for
  }, Source)
end

-- The chunk name as messages show it: `file`, `literal` or `[string "text..."]`.
function Source:display_name()
  return chunk_id(self.name)
end

-- The line index, built at the first call.
function Source:lines()
  local index = self.index
  if not index then
    index = lines.new(self.text, self.start, self.first_line)
    self.index = index
  end
  return index
end

-- The line, counted from 1, of the byte at `pos`; of the end of the text for larger ones.
function Source:line(pos)
  return self:lines():line(pos)
end

return {new = new, chunk_id = chunk_id, MAX_LEN = MAX_LEN}

-- How messages show a chunk's name (`luaO_chunkid`). Mirror of compiler/src/source/chunkid.rs.

local match, sub = string.match, string.sub

-- The size of a name in messages, including C's terminating zero (`LUA_IDSIZE`).
local ID_SIZE <const> = 60

-- `[string "first line..."]` for a chunk named after its text.
local function string_id(text)
  local room = ID_SIZE - #'[string "' - #"..." - #'"]' - 1
  local first = match(text, "^[^\n]*")
  if #text < room and #first == #text then
    return '[string "' .. text .. '"]'
  end
  return '[string "' .. sub(first, 1, room) .. '..."]'
end

-- The display form of a chunk name: `=x` is `x`, `@x` is `x` with `...` for a lost beginning, anything
-- else is `[string "first line..."]`. At most 59 bytes.
local function chunk_id(name)
  -- C sees the name up to its first zero.
  name = match(name, "^[^\0]*")
  local mark = sub(name, 1, 1)
  if mark == "=" then
    return sub(name, 2, ID_SIZE)
  elseif mark ~= "@" then
    return string_id(name)
  elseif #name <= ID_SIZE then
    return sub(name, 2)
  end
  return "..." .. sub(name, -(ID_SIZE - 4))
end

return {chunk_id = chunk_id}

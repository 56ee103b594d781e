-- Interpolated strings: `` `text {hole} text` ``, which become one token for each piece of text; the
-- tokens of a hole stand between them. They nest. Mirror of compiler/src/lex/interp.rs.

local error = require "luka.compiler.lex.error"
local escape = require "luka.compiler.lex.string".escape

local find, sub = string.find, string.sub
local concat = table.concat

-- No hole is open: no depth of braces is this one.
local NO_HOLE <const> = -1

-- The braces open in the text, and the interpolated strings they are in.
local function new_holes()
  return {
    depth = 0,           -- braces open now
    innermost = NO_HOLE, -- the depth at which a `}` ends the innermost hole
    open = {},           -- the open holes: that depth, where the string begins, where the `{` is
  }
end

local function open(holes, string, brace)
  holes.open[#holes.open + 1] = {depth = holes.depth, string = string, brace = brace}
  holes.innermost = holes.depth
end

-- Closes the innermost hole. Returns where its string begins.
local function close(holes)
  local closed = table.remove(holes.open)
  local last = holes.open[#holes.open]
  holes.innermost = last and last.depth or NO_HOLE
  return closed and closed.string
end

-- The kind of a piece that does not begin a string, or does, by what ends it.
local MIDDLE <const> = {
  ["`"] = "<end of an interpolated string>", ["{"] = "<middle of an interpolated string>",
}
local FIRST <const> = {
  ["`"] = "<interpolated string>", ["{"] = "<start of an interpolated string>",
}

-- A piece of an interpolated string, whose `` ` `` or the `}` of a hole is at `pos`: the token's kind,
-- its value and the position of its last byte.
local function interpolated(source, pos, is_first, holes)
  local text = source.text
  local string = not is_first and close(holes) or pos
  local parts, diagnostic = {}, nil
  local at = pos + 1
  while true do
    local _, stop = find(text, "^[^`{\\\n\r]*", at)
    parts[#parts + 1] = sub(text, at, stop)
    at = stop + 1
    local next = sub(text, at, at)
    if next == "\\" then
      if find(text, "^[{`]", at + 1) then
        parts[#parts + 1] = sub(text, at + 1, at + 1)
        at = at + 2
      else
        local piece, behind, found = escape(text, at)
        if found and not diagnostic then
          diagnostic = error.bad_escape(source, pos - 1, found, sub(text, pos, found.to))
        end
        parts[#parts + 1] = piece
        at = behind
      end
    else
      if next == "{" then
        open(holes, string, at)
      elseif next ~= "`" then
        -- The line ends, or the text.
        local hole = is_first and holes.open[#holes.open]
        diagnostic = diagnostic
          or hole
            and error.unfinished_hole(source, hole.brace - 1, pos - 1, stop, sub(text, pos, stop))
          or error.unfinished_string(source, string - 1, pos - 1, stop, sub(text, pos, stop))
        at = stop
      end
      if diagnostic then
        return "<error>", diagnostic, at
      end
      return (is_first and FIRST or MIDDLE)[next], concat(parts), at
    end
  end
end

return {new_holes = new_holes, interpolated = interpolated}

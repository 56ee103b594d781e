-- The tokens as text: one a line, `line:start..end kind payload`. Mirror of compiler/src/lex/dump.rs.

local escape = require "luka.compiler.ast.escape"

local PIECE <const> = {
  ["<name>"] = true, ["<string>"] = true, ["<interpolated string>"] = true,
  ["<start of an interpolated string>"] = true, ["<middle of an interpolated string>"] = true,
  ["<end of an interpolated string>"] = true,
}

-- All tokens of `source`, one a line.
local function dump_tokens(tokens, source)
  local out = {}
  for i = 1, tokens.count do
    local kind, value, start = tokens.kinds[i], tokens.values[i], tokens.starts[i]
    local payload = ""
    if PIECE[kind] then
      payload = " " .. escape.ascii(value)
    elseif kind == "<integer>" or kind == "<other>" then
      payload = (" %d"):format(value)
    elseif kind == "<number>" then
      payload = " " .. escape.float(value)
    elseif kind == "<error>" then
      payload = " " .. value.code
    end
    out[i] = ("%d:%d..%d %s%s\n"):format(source:line(start), start, tokens.stops[i], kind, payload)
  end
  return table.concat(out)
end

return {dump_tokens = dump_tokens}

-- Table constructors. Mirror of compiler/src/parse/table.rs.

local state = require "luka.compiler.parse.state"
local expr = require "luka.compiler.parse.expr".expr

local skip, expect, expect_closer = state.skip, state.expect, state.expect_closer
local kind_ahead = state.kind_ahead

-- `'[' exp ']' '=' exp | Name '=' exp | exp`
local function field(p)
  if p.kind == "<name>" and kind_ahead(p, 1) == "=" then
    local at = p.at
    skip(p)
    skip(p)
    return {kind = "Named", name = p.values[at], name_at = p.starts[at], value = expr(p)}
  elseif p.kind == "[" then
    skip(p)
    local key = expr(p)
    expect(p, "]")
    expect(p, "=")
    return {kind = "Keyed", key = key, value = expr(p)}
  end
  return {kind = "Item", value = expr(p)}
end

-- `'{' [field {(',' | ';') field} [',' | ';']] '}'`
local function table_constructor(p)
  local open = p.starts[p.at]
  skip(p)
  local fields, count = {}, 0
  while p.kind ~= "}" do
    count = count + 1
    fields[count] = field(p)
    if p.kind ~= "," and p.kind ~= ";" then
      break
    end
    skip(p)
  end
  expect_closer(p, "}", "{", open, open)
  return {kind = "Table", start = open, stop = p.stop, fields = fields}
end

state.rules.table = table_constructor

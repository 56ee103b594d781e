-- `match`: its arms and their patterns. Mirror of compiler/src/parse/ext/matching.rs.

local state = require "luka.compiler.parse.state"
local expr = require "luka.compiler.parse.expr".expr
local functions = require "luka.compiler.parse.func"
local patterns = require "luka.compiler.parse.ext.pattern"
local soft = require "luka.compiler.parse.ext.soft"

local skip, eat, expect, expect_closer = state.skip, state.eat, state.expect, state.expect_closer
local malformed, start, kind_ahead = state.malformed, state.start, state.kind_ahead
local enter, leave, extensions = state.enter, state.leave, state.extensions
local block, statements = functions.block, functions.statements
local add_pattern, bind_pattern = patterns.add_pattern, patterns.bind_pattern
local word = soft.word

local alternatives

-- Literals, and those that a `-` may stand before.
local LITERAL <const> = {
  ["<integer>"] = "Int", ["<number>"] = "Float", ["<string>"] = "Str",
  ["nil"] = "Nil", ["true"] = "True", ["false"] = "False",
}
local NUMBER <const> = {["<integer>"] = "Int", ["<number>"] = "Float"}

-- A number, with a `-` before it or not, a string, `nil`, `true` or `false`.
local function literal(p)
  local from = start(p)
  local is_negative = eat(p, "-")
  local at = p.at
  local kind = (is_negative and NUMBER or LITERAL)[p.kind]
  if not kind then
    malformed(p, "Pattern")
    return {kind = "Error"}
  end
  skip(p)
  local node = {kind = kind, start = p.starts[at], stop = p.stop, value = p.values[at] or nil}
  if is_negative then
    node = {kind = "Unary", start = from, stop = p.stop, op = "Neg", operand = node}
  end
  return {kind = "Literal", expr = node}
end

-- An array's or a table's entry has no default in a `match`.
local function no_default()
  return nil
end

local function pattern(p)
  local from, kind = start(p), p.kind
  if p.error then
    return add_pattern(p, from, {kind = "Error"})
  elseif kind == "<name>" and word(p, 0) == "_" then
    skip(p)
    return add_pattern(p, from, {kind = "Any"})
  elseif kind == "<name>" then
    return bind_pattern(p, from, patterns.add_binding(p))
  elseif kind == "{" then
    return add_pattern(p, from, patterns.table_pattern(p, alternatives, no_default))
  elseif kind == "[" then
    return add_pattern(p, from, patterns.array_pattern(p, alternatives, no_default))
  elseif kind == "(" then
    skip(p)
    local inner = alternatives(p)
    expect_closer(p, ")", "(", from, from)
    return inner
  end
  return add_pattern(p, from, literal(p))
end

-- `pattern {'|' pattern}`
function alternatives(p)
  enter(p)
  local from = start(p)
  local node = pattern(p)
  if p.kind == "|" then
    local items = {node}
    while eat(p, "|") do
      items[#items + 1] = pattern(p)
    end
    node = add_pattern(p, from, {kind = "Either", items = items})
  end
  leave(p, 1)
  return node
end

-- `exp do {case pattern [if exp] then block} [else block] end`, after the `match` at `from`.
local function match_statement(p, from)
  local subject = expr(p)
  expect(p, "do")
  local arms, otherwise = {}, nil
  while word(p, 0) == "case" and soft.STARTS_PATTERN[kind_ahead(p, 1)] do
    local at = start(p)
    skip(p)
    local node = alternatives(p)
    local guard = eat(p, "if") and expr(p) or nil
    local open_at = start(p)
    expect(p, "then")
    local body = statements(p, open_at, soft.ARM)
    arms[#arms + 1] = {pattern = node, guard = guard, body = body, at = at}
  end
  if p.kind == "else" then
    local open_at = start(p)
    skip(p)
    otherwise = block(p, open_at)
  elseif p.kind ~= "end" and #arms == 0 then
    malformed(p, "MatchCase")
  end
  expect_closer(p, "end", "do", from, from)
  extensions(p)
  return {
    kind = "Match", start = from, stop = 0,
    subject = subject, arms = arms, otherwise = otherwise,
  }
end

return {match_statement = match_statement}

-- Expressions. Mirror of compiler/src/parse/expr.rs.

local state = require "luka.compiler.parse.state"

local rules = state.rules
local skip, eat, expect, expect_closer = state.skip, state.eat, state.expect, state.expect_closer
local name, fail, error_expr, kind_ahead =
  state.name, state.fail, state.error_expr, state.kind_ahead
local MAX_LEVELS <const> = state.MAX_LEVELS

local UNARY <const> = {["not"] = "Not", ["-"] = "Neg", ["~"] = "BNot", ["#"] = "Len"}

-- Binding power of unary operators.
local UNARY_POWER <const> = 12

-- Binary operators with their left and right binding powers (manual §3.4.8): one takes operands to its
-- left while `left` is above what the context holds them with.
local BINARY <const> = {
  ["or"] = {op = "Or", left = 1, right = 1},
  ["??"] = {op = "Coalesce", left = 1, right = 1},
  ["and"] = {op = "And", left = 2, right = 2},
  ["<"] = {op = "Lt", left = 3, right = 3},
  [">"] = {op = "Gt", left = 3, right = 3},
  ["<="] = {op = "Le", left = 3, right = 3},
  [">="] = {op = "Ge", left = 3, right = 3},
  ["~="] = {op = "Ne", left = 3, right = 3},
  ["=="] = {op = "Eq", left = 3, right = 3},
  ["|"] = {op = "BOr", left = 4, right = 4},
  ["~"] = {op = "BXor", left = 5, right = 5},
  ["&"] = {op = "BAnd", left = 6, right = 6},
  ["<<"] = {op = "Shl", left = 7, right = 7},
  [">>"] = {op = "Shr", left = 7, right = 7},
  [".."] = {op = "Concat", left = 9, right = 8},
  ["+"] = {op = "Add", left = 10, right = 10},
  ["-"] = {op = "Sub", left = 10, right = 10},
  ["*"] = {op = "Mul", left = 11, right = 11},
  ["/"] = {op = "Div", left = 11, right = 11},
  ["//"] = {op = "IDiv", left = 11, right = 11},
  ["%"] = {op = "Mod", left = 11, right = 11},
  ["^"] = {op = "Pow", left = 14, right = 13},
}

-- The nodes of operands that are one token.
local LITERAL <const> = {
  ["<integer>"] = "Int", ["<number>"] = "Float", ["<string>"] = "Str",
  ["nil"] = "Nil", ["true"] = "True", ["false"] = "False",
}

-- Tokens of the extensions that an operand starts with.
local EXTENDED <const> = {
  ["if"] = true, ["|"] = true, ["<interpolated string>"] = true,
  ["<start of an interpolated string>"] = true,
}

local simple, suffixed, suffix

-- An operand and all operators after it that bind tighter than `limit`.
local function operation(p, limit)
  local level = p.level + 1
  p.level = level
  if level >= MAX_LEVELS then
    fail(p, {kind = "TooDeep"})
  end
  if p.error then
    return error_expr(p)
  end
  local from = p.starts[p.at]
  local unary = UNARY[p.kind]
  local left
  if unary then
    skip(p)
    local operand = operation(p, UNARY_POWER)
    left = {kind = "Unary", start = from, stop = p.stop, op = unary, operand = operand}
  else
    left = simple(p)
  end
  while true do
    local binary = BINARY[p.kind]
    if not binary then
      if p.kind ~= "::" or not rules.is_cast(p) then
        break
      end
      left = rules.cast(p, left, from)
    elseif binary.left <= limit then
      break
    else
      local op_at = p.starts[p.at]
      skip(p)
      local rhs = operation(p, binary.right)
      left = {
        kind = "Binary",
        start = from,
        stop = p.stop,
        op = binary.op,
        lhs = left,
        rhs = rhs,
        op_at = op_at,
      }
    end
  end
  p.level = p.level - 1
  return left
end

-- `exp`
local function expr(p)
  return operation(p, 0)
end

-- An operand: a literal, a function, a table, or what may carry suffixes.
function simple(p)
  local kind = p.kind
  if kind == "<name>" then
    return suffixed(p)
  end
  local at = p.at
  local from = p.starts[at]
  local literal = LITERAL[kind]
  if literal then
    skip(p)
    return {kind = literal, start = from, stop = p.stop, value = p.values[at] or nil}
  elseif kind == "{" then
    return rules.table(p)
  elseif kind == "function" then
    skip(p)
    local func = rules.function_body(p, from, state.line_at(p), false)
    return {kind = "Function", start = from, stop = p.stop, func = func}
  elseif kind == "..." then
    if not p.vararg then
      fail(p, {kind = "VarargOutside"})
      return error_expr(p)
    end
    skip(p)
    if p.vararg ~= true then
      return rules.named_vararg(p, from)
    end
    p.vararg_uses = p.vararg_uses + 1
    return {kind = "Vararg", start = from, stop = p.stop}
  elseif EXTENDED[kind] and p.luka then
    return rules.operand(p, kind)
  end
  return suffixed(p)
end

-- `Name | '(' exp ')'`
local function primary(p)
  local at = p.at
  local from = p.starts[at]
  if p.kind == "<name>" then
    skip(p)
    return {kind = "Name", start = from, stop = p.stop, name = p.values[at]}
  elseif p.kind == "(" then
    skip(p)
    local inner = expr(p)
    expect_closer(p, ")", "(", from, from)
    return {kind = "Paren", start = from, stop = p.stop, expr = inner}
  end
  fail(p, {kind = "Unexpected"})
  return error_expr(p)
end

-- A primary expression with fields, indices and calls after it.
function suffixed(p)
  local from = p.starts[p.at]
  local left = primary(p)
  local node = suffix(p, left, from)
  while node do
    left = node
    node = suffix(p, left, from)
  end
  local kind = p.kind
  if kind == "?." then
    return rules.optional_chain(p, left, from)
  elseif kind == "->" then
    return rules.short_function_of_name(p, left, from)
  elseif kind == "<interpolated string>" or kind == "<start of an interpolated string>" then
    return rules.interpolated_call(p, left)
  end
  return left
end

-- `exp {',' exp}` of a call, where the extensions allow a comma at the end.
local function argument_list(p)
  local args = {expr(p)}
  local count = 1
  while p.kind == "," do
    skip(p)
    if p.kind == ")" and p.luka then
      break
    end
    count = count + 1
    args[count] = expr(p)
  end
  return args
end

-- `'(' [explist] ')' | tableconstructor | LiteralString`
local function arguments(p)
  local kind, at = p.kind, p.at
  local from = p.starts[at]
  if kind == "(" then
    skip(p)
    if eat(p, ")") then
      return {}
    end
    local args = argument_list(p)
    expect_closer(p, ")", "(", from, from)
    return args
  elseif kind == "<string>" then
    skip(p)
    return {{kind = "Str", start = from, stop = p.stop, value = p.values[at]}}
  elseif kind == "{" then
    return {rules.table(p)}
  end
  fail(p, {kind = "ArgumentsExpected"})
  return {}
end

-- One field, index or call after `left`, whose text starts at `from`; nil if there is none.
function suffix(p, left, from)
  local kind = p.kind
  if kind == "." then
    skip(p)
    local field = name(p)
    if not field then
      return {kind = "Error", start = from, stop = p.stop}
    end
    return {kind = "Field", start = from, stop = p.stop, object = left, name = field}
  elseif kind == "(" or kind == "<string>" or kind == "{" then
    local line_at = p.tokens:line_at(p.at)
    local args = arguments(p)
    return {
      kind = "Call",
      start = from,
      stop = p.stop,
      callee = left,
      args = args,
      line_at = line_at,
    }
  elseif kind == ":" then
    skip(p)
    local method, name_start, name_stop = name(p)
    if not method then
      return {kind = "Error", start = from, stop = p.stop}
    end
    local line_at = p.tokens:line_at(p.at)
    local args = arguments(p)
    return {
      kind = "MethodCall",
      start = from,
      stop = p.stop,
      object = left,
      name = method,
      name_start = name_start,
      name_stop = name_stop,
      args = args,
      line_at = line_at,
    }
  elseif kind == "[" then
    skip(p)
    local key = expr(p)
    expect(p, "]")
    return {kind = "Index", start = from, stop = p.stop, object = left, key = key}
  end
end

-- `exp {',' exp}`
local function expr_list(p)
  local list = {expr(p)}
  local count = 1
  while p.kind == "," do
    skip(p)
    count = count + 1
    list[count] = expr(p)
  end
  return list
end

rules.expr = expr
rules.expr_list = expr_list
rules.suffixed = suffixed
rules.suffix = suffix

return {expr = expr, expr_list = expr_list, suffixed = suffixed, suffix = suffix}

-- Walking expressions. Left-deep chains are walked with an explicit stack, as in emission. Mirror of
-- compiler/src/resolve/expr.rs.

local fold = require "luka.compiler.resolve.fold"
local scope = require "luka.compiler.resolve.scope"

local CONSTANT = fold.CONSTANT
local fold_binary, fold_unary, decides = fold.fold_binary, fold.fold_unary, fold.decides
local name = scope.name

local M = {}

local expr

-- Resolves a list of expressions.
local function exprs(r, list)
  local out = {}
  for at = 1, #list do
    out[at] = expr(r, list[at])
  end
  return out
end

-- By kind: the expression that an expression starts with.
local LEFT = {
  Binary = "lhs",
  Field = "object",
  Index = "object",
  Call = "callee",
  MethodCall = "object",
  OptionalLink = "expr",
}

local function same(_, node) return node end

local function items(r, fields)
  local out = {}
  for at = 1, #fields do
    local field = fields[at]
    local key
    if field.kind == "Named" then
      local start, text = field.name_at, field.name
      key = {kind = "Str", start = start, stop = start + #text, value = text}
    elseif field.kind == "Keyed" then
      key = expr(r, field.key)
    end
    out[at] = {key = key, value = expr(r, field.value)}
  end
  return out
end

-- By kind: an expression that does not start with another one.
local LEAF = {
  Nil = same,
  True = same,
  False = same,
  Int = same,
  Float = same,
  Str = same,
  Vararg = same,
  Name = function(r, node)
    return name(r, node.name, node.start, node.stop)
  end,
  Function = function(r, node)
    local func = r:resolve_function(node.func)
    return {kind = "Function", start = node.start, stop = node.stop, func = func}
  end,
  Table = function(r, node)
    return {kind = "Table", start = node.start, stop = node.stop, items = items(r, node.fields)}
  end,
  Unary = function(r, node)
    local op, operand = node.op, expr(r, node.operand)
    local start, stop = node.start, node.stop
    return fold_unary(op, operand, start, stop) or {
      kind = "Unary",
      start = start,
      stop = stop,
      op = op,
      operand = operand,
    }
  end,
  If = function(r, node)
    return {kind = "If", start = node.start, stop = node.stop, items = exprs(r, node.items)}
  end,
  Optional = function(r, node)
    return {kind = "Optional", start = node.start, stop = node.stop, expr = expr(r, node.expr)}
  end,
  Paren = function(r, node)
    local inner = expr(r, node.expr)
    local start, stop = node.start, node.stop
    if CONSTANT[inner.kind] then
      return {kind = inner.kind, start = start, stop = stop, value = inner.value}
    end
    return {kind = "Paren", start = start, stop = stop, expr = inner}
  end,
}

-- By kind: the expression `node`, of which `left` is the resolved start.
local EXTEND = {
  Binary = function(r, node, left)
    local op, start, stop = node.op, node.start, node.stop
    local right = expr(r, node.rhs)
    -- Only constants fold.
    if CONSTANT[left.kind] then
      local folded = fold_binary(op, left, right, start, stop)
      if folded then return folded end
      if decides(op, left) then return {kind = "Paren", start = start, stop = stop, expr = left} end
    end
    return {
      kind = "Binary",
      start = start,
      stop = stop,
      op = op,
      left = left,
      right = right,
      op_at = node.op_at,
    }
  end,
  OptionalLink = function(_, node, left)
    return {kind = "OptionalLink", start = node.start, stop = node.stop, expr = left}
  end,
  Field = function(_, node, left)
    return {kind = "Field", start = node.start, stop = node.stop, object = left, name = node.name}
  end,
  Index = function(r, node, left)
    local key = expr(r, node.key)
    return {kind = "Index", start = node.start, stop = node.stop, object = left, key = key}
  end,
  Call = function(r, node, left)
    return {
      kind = "Call",
      start = node.start,
      stop = node.stop,
      callee = left,
      args = exprs(r, node.args),
      line_at = node.line_at,
    }
  end,
  MethodCall = function(r, node, left)
    return {
      kind = "Method",
      start = node.start,
      stop = node.stop,
      object = left,
      name = node.name,
      name_start = node.name_start,
      name_stop = node.name_stop,
      args = exprs(r, node.args),
      line_at = node.line_at,
    }
  end,
}

local function leaf(r, node)
  local resolve = LEAF[node.kind]
  if resolve then return resolve(r, node) end
  return {kind = "Error", start = node.start, stop = node.stop}
end

-- Resolves an expression.
function expr(r, node)
  local kind = node.kind
  local field = LEFT[kind]
  if not field then return leaf(r, node) end
  local left_chain, count = {node}, 1
  node = node[field]
  field = LEFT[node.kind]
  while field do
    count = count + 1
    left_chain[count] = node
    node = node[field]
    field = LEFT[node.kind]
  end
  local done = leaf(r, node)
  for at = count, 1, -1 do
    node = left_chain[at]
    done = EXTEND[node.kind](r, node, done)
  end
  return done
end

M.expr, M.exprs = expr, exprs

return M

-- Walking statements. Mirror of compiler/src/resolve/stat.rs.

local error = require "luka.compiler.resolve.error"
local expressions = require "luka.compiler.resolve.expr"
local fold = require "luka.compiler.resolve.fold"
local hir = require "luka.compiler.resolve.hir"
local jumps = require "luka.compiler.resolve.jumps"
local scope = require "luka.compiler.resolve.scope"

local CONSTANT = fold.CONSTANT
local expr, exprs = expressions.expr, expressions.exprs
local activate, check_locals, declare = scope.activate, scope.check_locals, scope.declare
local enter_block, leave_block = scope.enter_block, jumps.leave_block

local M = {}

local STATEMENT

-- Resolves the statements of a block; its scope is the caller's. `ends_scope`: the variables of the
-- block end with it (not so in `repeat`).
local function open_block(r, block, ends_scope)
  local stmts, stats = block.stmts, {}
  local at, count = 1, #stmts
  while at <= count do
    local stmt = stmts[at]
    local kind = stmt.kind
    if kind == "Label" then
      local last = at
      while last < count and stmts[last + 1].kind == "Label" do
        last = last + 1
      end
      jumps.labels(r, stmts, at, last, ends_scope and last == count, stats)
      at = last
    else
      local resolve = STATEMENT[kind]
      stats[#stats + 1] = resolve and resolve(r, stmt) or {
        kind = "Error",
        start = stmt.start,
        stop = stmt.stop,
      }
    end
    at = at + 1
  end
  return {stats = stats, open_at = block.open_at, close_at = block.close_at}
end

-- Resolves a block in a scope of its own.
local function block(r, node)
  enter_block(r)
  local out = open_block(r, node, true)
  leave_block(r, nil)
  return out
end

local function activate_all(r, locals, first, last)
  for at = first, last do activate(r, locals[at]) end
end

-- Refuses an assignment to `target` (`node` in the syntax tree), checked at the token after `after`,
-- if it is a variable that cannot change.
local function check_assignable(r, target, node, behind)
  local kind = target.kind
  local name
  if kind == "Local" then
    local var = target.var
    if var.kind == "Regular" then return end
    name = var.name
  elseif kind == "Upvalue" then
    local upvalue = r.func.func.upvalues[target.index + 1]
    if upvalue.kind == "Regular" then return end
    name = upvalue.name
  elseif kind == "Global" then
    if not target.is_const then return end
    name = target.name
  elseif CONSTANT[kind] then
    -- A folded constant has been replaced by its value: its name is the token there.
    name = node.name
    if not name then return end
  else
    return
  end
  r:report(error.assign_to_const(r, name, target.start, target.stop, behind))
end

-- What a variable is, by the attribute of its declaration.
local KIND = {None = "Regular", Const = "Const", Close = "ToClose"}

-- `local` with attributes. The last variable has no register if it is `<const>` and its value is a
-- constant.
local function local_statement(r, node)
  local bindings = node.bindings
  local count = #bindings
  for n = 1, count do
    check_locals(r, n, bindings[n].name_stop)
  end
  local values = exprs(r, node.values)
  local locals = {}
  for n = 1, count do
    local binding = bindings[n]
    local kind = KIND[binding.attrib]
    local value
    if kind == "Const" and n == count and #values == count and CONSTANT[values[n].kind] then
      value = values[n]
      kind = "Folded"
    end
    local var = declare(r, binding.name, kind)
    var.value = value
    locals[n] = var
  end
  activate_all(r, locals, 1, count)
  return {kind = "Local", start = node.start, stop = node.stop, locals = locals, values = values}
end

-- Declares hidden loop variables.
local function hidden(r, count)
  local locals = {}
  for n = 1, count do
    locals[n] = declare(r, "(for state)", "Regular")
  end
  return locals
end

-- The body of a `for`, inside the scope of its visible variables: those from `first` on.
local function loop_body(r, locals, first, body)
  enter_block(r)
  activate_all(r, locals, first, #locals)
  local out = block(r, body)
  leave_block(r, nil)
  return out
end

local function numeric_for(r, node)
  local var = node.var
  enter_block(r)
  check_locals(r, 4, var.name_stop)
  local init = expr(r, node.init)
  local limit = expr(r, node.limit)
  local step = node.step and expr(r, node.step)
  local locals = hidden(r, 3)
  locals[4] = declare(r, var.name, "Regular")
  activate_all(r, locals, 1, 3)
  local exit = hir.add_label(r.hir)
  local body = loop_body(r, locals, 4, node.body)
  leave_block(r, exit)
  return {
    kind = "NumericFor",
    start = node.start,
    stop = node.stop,
    locals = locals,
    init = init,
    limit = limit,
    step = step,
    body = body,
    exit = exit,
  }
end

local function generic_for(r, node)
  local vars = node.vars
  enter_block(r)
  for n = 1, #vars do
    check_locals(r, 4 + n, vars[n].name_stop)
  end
  local values = exprs(r, node.values)
  local locals = hidden(r, 4)
  locals[4].kind = "ToClose"
  for n = 1, #vars do
    locals[4 + n] = declare(r, vars[n].name, "Regular")
  end
  activate_all(r, locals, 1, 4)
  local exit = hir.add_label(r.hir)
  local body = loop_body(r, locals, 5, node.body)
  leave_block(r, exit)
  return {
    kind = "GenericFor",
    start = node.start,
    stop = node.stop,
    locals = locals,
    values = values,
    body = body,
    exit = exit,
    line_at = node.line_at,
  }
end

-- By kind: what becomes of a statement. What is not here is an Error.
STATEMENT = {
  Local = local_statement,
  LocalFunction = function(r, node)
    local binding = node.binding
    check_locals(r, 1, binding.name_stop)
    local var = declare(r, binding.name, binding.attrib == "Const" and "Const" or "Regular")
    activate(r, var)
    local func = r:resolve_function(node.func)
    return {kind = "LocalFunction", start = node.start, stop = node.stop, var = var, func = func}
  end,
  Function = function(r, node)
    local target = expr(r, node.target)
    local func = r:resolve_function(node.func)
    -- PUC stores the function after its `end`, which may never come.
    if node.func.complete then check_assignable(r, target, node.target, node.stop) end
    return {kind = "Function", start = node.start, stop = node.stop, target = target, func = func}
  end,
  Assign = function(r, node)
    local list, targets = node.targets, {}
    for at = 1, #list do
      local target = expr(r, list[at])
      check_assignable(r, target, list[at], target.stop)
      targets[at] = target
    end
    local values = exprs(r, node.values)
    return {
      kind = "Assign",
      start = node.start,
      stop = node.stop,
      targets = targets,
      values = values,
    }
  end,
  Compound = function(r, node)
    local target = expr(r, node.target)
    check_assignable(r, target, node.target, target.stop)
    local value = expr(r, node.value)
    return {
      kind = "Compound",
      start = node.start,
      stop = node.stop,
      target = target,
      op = node.op,
      value = value,
    }
  end,
  Global = function(r, node)
    r:declare_globals(node.names, node.is_const)
    return {kind = "Nothing", start = node.start, stop = node.stop}
  end,
  Call = function(r, node)
    return {kind = "Call", start = node.start, stop = node.stop, expr = expr(r, node.expr)}
  end,
  Do = function(r, node)
    return {kind = "Do", start = node.start, stop = node.stop, body = block(r, node.body)}
  end,
  While = function(r, node)
    local cond = expr(r, node.cond)
    local exit = hir.add_label(r.hir)
    enter_block(r)
    local body = block(r, node.body)
    leave_block(r, exit)
    return {
      kind = "While",
      start = node.start,
      stop = node.stop,
      cond = cond,
      body = body,
      exit = exit,
    }
  end,
  Repeat = function(r, node)
    local exit = hir.add_label(r.hir)
    enter_block(r)
    enter_block(r)
    local body = open_block(r, node.body, false)
    local cond = expr(r, node.cond)
    leave_block(r, nil)
    leave_block(r, exit)
    return {
      kind = "Repeat",
      start = node.start,
      stop = node.stop,
      body = body,
      cond = cond,
      exit = exit,
    }
  end,
  If = function(r, node)
    local list, arms = node.arms, {}
    for at = 1, #list do
      local arm = list[at]
      local cond = expr(r, arm.cond)
      arms[at] = {cond = cond, body = block(r, arm.body)}
    end
    local otherwise = node.otherwise and block(r, node.otherwise)
    return {kind = "If", start = node.start, stop = node.stop, arms = arms, otherwise = otherwise}
  end,
  NumericFor = numeric_for,
  GenericFor = generic_for,
  Return = function(r, node)
    return {kind = "Return", start = node.start, stop = node.stop, values = exprs(r, node.values)}
  end,
  Break = function(r, node)
    return jumps.jump(r, nil, node.start, node.stop)
  end,
  Goto = function(r, node)
    return jumps.jump(r, node.name, node.start, node.stop)
  end,
}

M.open_block = open_block

return M

-- Functions, blocks and variables in scope, and the meaning of names. Mirror of
-- compiler/src/resolve/scope.rs.
--
-- A variable in scope is the resolved tree's own table, which meanwhile also has
--   depth    number of its function among the open ones, the main chunk 1
--   index    its place among all variables in scope, from 1
--   hidden   the variable of this name that it hides, or nil
-- `resolver.by_name` leads from a name to the innermost variable. A declaration of a global stands
-- among the variables as one with the field `global`.

local hir = require "luka.compiler.resolve.hir"
local error = require "luka.compiler.resolve.error"

local M = {}

-- PUC Lua's limits (`MAXVARS` and `MAXUPVAL`).
local MAX_LOCALS <const> = 200
local MAX_UPVALUES <const> = 255

-- Stands for the `_ENV` outside of the main chunk where a variable is expected.
local OUTER_ENV <const> = {}

-- Opens a function.
function M.enter_function(r, func)
  local depth = r.depth + 1
  r.depth = depth
  local state = {
    func = func,
    -- How many variables, labels and blocks there were before it.
    first_var = r.num_vars,
    first_label = #r.labels,
    first_block = r.num_blocks,
    -- Registers its variables take.
    registers = 0,
    -- The upvalue that represents a variable.
    captured = {},
    num_captured = 0,
    -- A limit of the function was passed, and reported.
    over_limit = false,
    -- The expression of `_ENV` last made here, and the variable it was for.
    env = nil,
    env_var = nil,
  }
  if depth == 1 then
    state.captured[OUTER_ENV] = 0
    state.num_captured = 1
  end
  r.funcs[depth] = state
  r.func = state
  M.enter_block(r)
end

-- Opens a block.
function M.enter_block(r)
  local count = r.num_blocks + 1
  r.num_blocks = count
  r.blocks[count] = {
    -- How many variables, labels and pending jumps there were before it.
    first_var = r.num_vars,
    first_label = #r.labels,
    first_jump = #r.pending,
    registers = r.func.registers,
    -- A variable of the block is captured or to be closed.
    closes = false,
  }
end

-- Takes the variables after the first `first` out of scope.
function M.remove_vars(r, first, registers)
  local vars, by_name = r.vars, r.by_name
  for index = r.num_vars, first + 1, -1 do
    local var = vars[index]
    by_name[var.name] = var.hidden
    vars[index] = nil
  end
  r.num_vars = first
  local declared = r.declared
  for index = #declared, 1, -1 do
    if declared[index].index <= first then break end
    declared[index] = nil
  end
  r.func.registers = registers
end

-- The line where open function number `depth` is defined; 0 for the main chunk.
local function line_defined(r, depth)
  if depth == 1 then return 0 end
  return r.source:line(r.funcs[depth].func.line_at)
end

-- Refuses local variable number `declared` (from 1) beyond those in scope, at the token after `stop`, if
-- it is one too many.
function M.check_locals(r, declared, stop)
  local func, globals = r.func, r.declared
  local first, number = func.first_var, #globals
  -- Declared globals are no local variables.
  while number > 0 and globals[number].index > first do number = number - 1 end
  local active = r.num_vars - first - (#globals - number)
  if active + declared > MAX_LOCALS and not func.over_limit then
    func.over_limit = true
    r:report(error.limit(r, line_defined(r, r.depth), MAX_LOCALS, "local variables", stop))
  end
end

-- Makes a variable that is not in scope yet; its register is decided when it is.
function M.declare(r, name, kind)
  return hir.add_local(r.hir, name, kind)
end

-- Brings a name into scope.
local function push_var(r, var)
  local name, by_name = var.name, r.by_name
  local index = r.num_vars + 1
  var.depth = r.depth
  var.index = index
  var.hidden = by_name[name]
  by_name[name] = var
  r.vars[index] = var
  r.num_vars = index
end
M.push_var = push_var

-- Brings a declared variable into scope.
function M.activate(r, var)
  local kind = var.kind
  if kind ~= "Folded" then
    local func = r.func
    local registers = func.registers
    var.register = registers
    func.registers = registers + 1
    if kind == "ToClose" then r.blocks[r.num_blocks].closes = true end
  end
  push_var(r, var)
end

-- Notes that the block of open function `depth` that declares `var` must close it.
local function close_block_of(r, depth, var)
  local above = r.funcs[depth + 1]
  local last = above and above.first_block or r.num_blocks
  local blocks, index = r.blocks, var.index
  for at = last, r.funcs[depth].first_block + 1, -1 do
    local block = blocks[at]
    if block.first_var < index then
      block.closes = true
      return
    end
  end
end

-- Adds an upvalue to open function `depth`: the variable itself if it is the enclosing function's,
-- else that function's upvalue `of`. Nil if there are too many.
local function capture(r, depth, key, of, stop)
  local state = r.funcs[depth]
  local at = state.num_captured
  if at >= MAX_UPVALUES then
    if not state.over_limit then
      state.over_limit = true
      r:report(error.limit(r, line_defined(r, depth), MAX_UPVALUES, "upvalues", stop))
    end
    return nil
  end
  local upvalue
  if of then
    local outer = r.funcs[depth - 1].func.upvalues[of + 1]
    upvalue = {name = outer.name, in_stack = false, index = of, kind = outer.kind}
  else
    close_block_of(r, depth - 1, key)
    key.captured = true
    upvalue = {name = key.name, in_stack = true, index = key.register, kind = key.kind}
  end
  state.captured[key] = at
  state.num_captured = at + 1
  state.func.upvalues[at + 1] = upvalue
  return at
end

-- A variable in scope, or nil for the `_ENV` outside, seen from the current function.
local function variable(r, var, start, stop)
  local depth = r.depth
  local outer = 1
  if var then
    if var.kind == "Folded" then
      local value = var.value
      return {kind = value.kind, start = start, stop = stop, value = value.value}
    end
    outer = var.depth
    if outer == depth then
      return {kind = "Local", start = start, stop = stop, var = var}
    end
    outer = outer + 1
  end
  -- Inner functions have it only if outer ones do: find the innermost that has it.
  local key = var or OUTER_ENV
  local at
  local first, funcs = outer, r.funcs
  for func = depth, outer, -1 do
    at = funcs[func].captured[key]
    if at then
      first = func + 1
      break
    end
  end
  for func = first, depth do
    at = capture(r, func, key, at, stop)
    if not at then return {kind = "Error", start = start, stop = stop} end
  end
  return {kind = "Upvalue", start = start, stop = stop, index = at}
end

-- The innermost variable from `var` outwards that is local.
local function local_behind(var)
  while var and var.global do
    var = var.hidden
  end
  return var
end
M.local_behind = local_behind

-- The `_ENV` in scope.
local function env(r, start, stop)
  local var = local_behind(r.by_name._ENV)
  local func = r.func
  local known = func.env
  if known and func.env_var == var then return known end
  local e = variable(r, var, start, stop)
  func.env, func.env_var = e, var
  return e
end
M.env = env

-- What the name `name` means, at `start` to `stop`.
function M.name(r, name, start, stop)
  local var = r.by_name[name]
  if r.declared[1] then
    local e = r:declared_global(name, var, start, stop)
    if e then return e end
  end
  if var or name == "_ENV" then return variable(r, var, start, stop) end
  return {kind = "Global", start = start, stop = stop, env = env(r, start, stop), name = name}
end

return M

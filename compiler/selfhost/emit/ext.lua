--- The nodes of the extensions that have code of their own: `??`, `?.`, `if` expressions and
-- compound assignments. Each leaves its value like any other expression.

local Emitter = require "luka.compiler.emit.emitter"
local exp = require "luka.compiler.emit.exp"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc = instr.abc

--- Emits a jump taken when `R[reg]` is nil (`on`) or is not; returns it as a list.
local function jump_on_nil(self, reg, on, start, stop)
  local k = self:nil_const()
  local i
  if k <= op.MAX_CONST_OPERAND then
    i = abc(on and op.JEqK or op.JNeK, reg, k, 0)
  else
    local other = self:reserve(1)
    self:emit_nil(other, 1, start, stop)
    self:free_reg(other)
    i = abc(on and op.JEq or op.JNe, reg, other, 0)
  end
  return self:add_jump(false, self:emit_compare(i, start, stop))
end

--- `e ?? right`
function Emitter:coalesce(e, right, start, stop)
  local reg = self:to_next_reg(e)
  local present = jump_on_nil(self, reg, false, start, stop)
  self:free_reg(reg)
  self:to_next_reg(self:expr(right))
  self:patch_here(present)
  exp.set(e, "Reg", reg, start, stop)
end

--- `if c then a elseif d then b else e`
function Emitter:if_expression(items, start, stop)
  local ends, result = false, 0
  for n = 1, #items, 2 do
    local cond, value = items[n], items[n + 1]
    local skip = false
    if value then
      local e = self:condition(cond)
      self:go_if_true(e)
      skip = e.if_false
    end
    result = self:to_next_reg(self:expr(value or cond))
    self:free_reg(result)
    if value then
      ends = self:add_jump(ends, self:emit_jump(start, stop))
    end
    self:patch_here(skip)
  end
  self:patch_here(ends)
  self:reserve(1)
  return exp.new("Reg", result, start, stop)
end

--- A chain with `?.` in it. What precedes a `?.` is in the register the whole chain ends up
-- in, so that if it is nil, the result is already there.
function Emitter:optional(inner, start, stop)
  local chains = self.chains
  local depth = #chains + 1
  chains[depth] = false
  local reg = self:to_next_reg(self:expr(inner))
  self:patch_here(chains[depth])
  chains[depth] = nil
  return exp.new("Reg", reg, start, stop)
end

--- What precedes a `?.`: the chain ends here if it is nil.
function Emitter:optional_link(e)
  local reg = self:to_next_reg(e)
  local out = jump_on_nil(self, reg, true, e.start, e.stop)
  local chains = self.chains
  if #chains > 0 then
    chains[#chains] = self:join(chains[#chains], out)
  end
end

--- A register that holds what `reg` holds and that no closure changes.
local function save_register(self, reg, start, stop)
  if reg >= self.var_top or not self:is_captured(reg) then return reg end
  local copy = self:reserve(1)
  self:emit(abc(op.Move, copy, reg, 0), start, stop)
  return copy
end

--- Copies the table and the key of `target_exp` where evaluating a value could change them.
local function save_operands(self, target_exp, target)
  local kind, start, stop = target_exp.kind, target_exp.start, target_exp.stop
  if kind == "IndexedUp" then
    if target.kind ~= "Global" then
      local copy = self:reserve(1)
      self:emit(abc(op.GetUpval, copy, target_exp.table, 0), start, stop)
      target_exp.kind, target_exp.table = "IndexedStr", copy
    end
  elseif exp.is_indexed(target_exp) then
    target_exp.table = save_register(self, target_exp.table, start, stop)
    if kind == "Indexed" then
      target_exp.key = save_register(self, target_exp.key, start, stop)
    end
  end
end

local LOAD = {
  IndexedUp = op.GetTabUp,
  IndexedInt = op.GetI,
  IndexedStr = op.GetField,
  Indexed = op.GetTable,
}

--- `target operator= value`
function Emitter:compound(target, operator, value, start, stop)
  local target_exp = self:expr(target)
  save_operands(self, target_exp, target)
  local left = exp.new("Nil", false, 0, 0)
  exp.copy(left, target_exp)
  local load = LOAD[target_exp.kind]
  if load then
    local reg = self:reserve(1)
    self:emit(abc(load, reg, target_exp.table, target_exp.key), target_exp.start, target_exp.stop)
    exp.set(left, "Reg", reg, target_exp.start, target_exp.stop)
  end
  local op_end = self.positions:end_of_token_at(target.stop)
  self:at(op_end)
  if operator == "Coalesce" then
    local reg = self:to_any_reg(left)
    local present = jump_on_nil(self, reg, false, start, stop)
    self:free_reg(reg)
    self:store(target_exp, self:expr(value))
    self:patch_here(present)
    return
  end
  self:infix(operator, left)
  self:postfix(operator, left, self:expr(value), op_end, start, stop)
  self:store(target_exp, left)
end

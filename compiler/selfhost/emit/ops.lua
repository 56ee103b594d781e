--- Operators: conditional jumps, arithmetic with immediate and constant operands,
-- comparisons fused with their jump, concatenation.
--
-- Constant expressions do not occur here: the resolver has folded them.

local Emitter = require "luka.compiler.emit.emitter"
local exp = require "luka.compiler.emit.exp"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc = instr.abc
local as_int, as_small_number, is_numeral = exp.as_int, exp.as_small_number, exp.is_numeral

-- How `ADDI` and the `…K` instructions encode the operation in the source, for metamethods.
local AS_WRITTEN, SWAPPED, SUBTRACTION = 0, 1, 2

-- Constants that are true.
local TRUE = {True = true, Int = true, Float = true, Str = true, Const = true}

--- Emits a jump taken when `e` is true (`on`) or false.
local function jump_on(self, e, on)
  if e.kind == "Reloc" then
    local i = self.instrs[e.value + 1]
    if instr.op(i) == op.Not then
      self:remove_last()
      return self:emit_test(instr.b(i), not on, e.start, e.stop)
    end
  end
  local reg = self:discharge_any(e)
  self:free_exp(e)
  return self:emit_test_set(reg, on, e.start, e.stop)
end

--- Code continues if `e` is true; if not, it jumps to `if_false`.
function Emitter:go_if_true(e)
  self:discharge(e)
  local kind = e.kind
  if not TRUE[kind] then
    local pc
    if kind == "Jump" then
      pc = e.value
      self:negate(pc)
    elseif kind == "False" then
      pc = self:emit_jump(e.start, e.stop)
    else
      pc = jump_on(self, e, false)
    end
    e.if_false = self:add_jump(e.if_false, pc)
  end
  self:patch_here(e.if_true)
  e.if_true = false
end

--- Code continues if `e` is false; if not, it jumps to `if_true`.
function Emitter:go_if_false(e)
  self:discharge(e)
  local kind = e.kind
  if kind ~= "Nil" and kind ~= "False" then
    local pc = kind == "Jump" and e.value or jump_on(self, e, true)
    e.if_true = self:add_jump(e.if_true, pc)
  end
  self:patch_here(e.if_false)
  e.if_false = false
end

local function emit_not(self, e, start, stop)
  local kind = e.kind
  if kind == "Nil" or kind == "False" then
    e.kind = "True"
  elseif TRUE[kind] then
    e.kind = "False"
  elseif kind == "Jump" then
    self:negate(e.value)
  else
    local reg = self:discharge_any(e)
    self:free_exp(e)
    e.kind, e.value = "Reloc", self:emit(abc(op.Not, 0, reg, 0), start, stop)
  end
  e.start, e.stop = start, stop
  e.if_true, e.if_false = e.if_false, e.if_true
  self:remove_values(e.if_false)
  self:remove_values(e.if_true)
end

local UNARY = {Neg = op.Unm, BNot = op.BNot, Len = op.Len}

--- `operator e`; the operator ends at `op_end`.
function Emitter:unary(operator, e, op_end, start, stop)
  self:discharge(e)
  local code = UNARY[operator]
  if not code then return emit_not(self, e, start, stop) end
  local reg = self:to_any_reg(e)
  self:free_exp(e)
  exp.set(e, "Reloc", self:emit(abc(code, 0, reg, 0), start, stop), start, stop)
  self:fix_line(op_end)
end

-- How the left operand of each operator is readied before the right one is emitted.
local INFIX = {And = Emitter.go_if_true, Or = Emitter.go_if_false, Concat = Emitter.to_next_reg}

local EQUALITY_CONSTANT = {Nil = true, True = true, False = true, Str = true}

function INFIX.Eq(self, e)
  if not is_numeral(e) and not (EQUALITY_CONSTANT[e.kind] and self:to_const(e)) then
    self:to_any_reg(e)
  end
end
INFIX.Ne = INFIX.Eq

function INFIX.Lt(self, e)
  if not as_small_number(e) then self:to_any_reg(e) end
end
INFIX.Le, INFIX.Gt, INFIX.Ge = INFIX.Lt, INFIX.Lt, INFIX.Lt

local function arithmetic_infix(self, e)
  if not is_numeral(e) then self:to_any_reg(e) end
end

--- Prepares the left operand before the right one is emitted.
function Emitter:infix(operator, e)
  self:discharge(e)
  local ready = INFIX[operator] or arithmetic_infix
  ready(self, e)
end

--- `a .. b`; when `b` is itself a concatenation just emitted, `a` joins it.
local function concat(self, left, right, op_end, start, stop)
  local first = self:reg_of(left)
  local prev = self:previous()
  local joins = prev and instr.op(prev) == op.Concat and instr.a(prev) == first + 1
  if joins then
    self.instrs[self.pc] = abc(op.Concat, first, instr.b(prev) + 1, 0)
  end
  self:free_exp(right)
  if joins then
    self.starts[self.pc], self.stops[self.pc] = start, stop
  else
    self:emit(abc(op.Concat, first, 2, 0), start, stop)
    self:fix_line(op_end)
  end
  left.start, left.stop = start, stop
end

-- The arithmetic operators in the order the table of opcodes has them, and what is special.
local ARITHMETIC = {}
for n, name in ipairs {
  "Add", "Sub", "Mul", "Mod", "Pow", "Div", "IDiv", "BAnd", "BOr", "BXor", "Shl", "Shr",
} do
  ARITHMETIC[name] = {plain = op[name], constant = op[name .. "K"], bitwise = n >= 8}
end
for _, name in ipairs {"Add", "Mul", "BAnd", "BOr", "BXor"} do
  ARITHMETIC[name].commutes = true
end

--- The operand of `ADDI` for `x + right` or `x - right`, and what the source said; nil if there is
-- none.
local function add_immediate(operator, right, order)
  if operator ~= "Add" and operator ~= "Sub" then return nil end
  local n = as_int(right)
  if not n or n < -0x8000 or n > 0x7fff then return nil end
  if operator == "Add" then return n, order end
  if n > -0x8000 then return -n, SUBTRACTION end
end

--- The instruction for an arithmetic or bitwise operator. Constants go to the right.
local function arithmetic(self, operator, left, right)
  local row = ARITHMETIC[operator]
  local is_constant = row.bitwise and as_int or is_numeral
  local order = AS_WRITTEN
  if row.commutes and is_constant(left) then
    left, right = right, left
    order = SWAPPED
  end
  if is_constant(right) then
    local n, how = add_immediate(operator, right, order)
    if n then
      local reg = self:to_any_reg(left)
      return instr.with_n(abc(op.AddI, 0, reg, n & 0xffff), how)
    end
    local k = self:to_const(right)
    if k then
      local reg = self:to_any_reg(left)
      return instr.with_n(abc(row.constant, 0, reg, k), order)
    end
  end
  if order == SWAPPED then
    left, right = right, left
  end
  -- A numeral on the left that is no operand is loaded after the right side: it has no effects.
  local b = self:to_any_reg(right)
  local a = self:to_any_reg(left)
  return abc(row.plain, 0, a, b)
end

local function emit_arithmetic(self, operator, left, right, op_end, start, stop)
  local pc = self:emit(arithmetic(self, operator, left, right), start, stop)
  self:free_exps(left, right)
  exp.set(left, "Reloc", pc, start, stop)
  self:fix_line(op_end)
end

--- The instruction that jumps when `left < right`, or `<=`.
local function order(self, or_equal, left, right)
  local n, float = as_small_number(right)
  if n then
    local reg = self:to_any_reg(left)
    local code = or_equal and op.JLeI or op.JLtI
    return instr.with_n(abc(code, reg, n & 0xffff, 0), float)
  end
  n, float = as_small_number(left)
  if n then
    -- n < x is x > n.
    local reg = self:to_any_reg(right)
    local code = or_equal and op.JGeI or op.JGtI
    return instr.with_n(abc(code, reg, n & 0xffff, 0), float)
  end
  local a = self:to_any_reg(left)
  local b = self:to_any_reg(right)
  return abc(or_equal and op.JLe or op.JLt, a, b, 0)
end

--- The instruction that jumps when `left == right`, or `~=`.
local function equality(self, equal, left, right)
  if left.kind ~= "Reg" then
    -- A constant: it goes to the right.
    left, right = right, left
  end
  local reg = self:to_any_reg(left)
  local n = as_small_number(right)
  if n then return abc(equal and op.JEqI or op.JNeI, reg, n & 0xffff, 0) end
  local k = self:to_const(right)
  if k then return abc(equal and op.JEqK or op.JNeK, reg, k, 0) end
  local b = self:to_any_reg(right)
  return abc(equal and op.JEq or op.JNe, reg, b, 0)
end

--- Emits a comparison; the result replaces `left`.
local function compare(self, i, left, right, start, stop)
  self:free_exps(left, right)
  exp.set(left, "Jump", self:emit_compare(i, start, stop), start, stop)
end

-- `left operator right`, both emitted, for all but arithmetic.
local POSTFIX = {}

function POSTFIX.And(self, left, right, _, start, stop)
  local list = self:join(right.if_false, left.if_false)
  exp.copy(left, right)
  left.if_false, left.start, left.stop = list, start, stop
end

function POSTFIX.Or(self, left, right, _, start, stop)
  local list = self:join(right.if_true, left.if_true)
  exp.copy(left, right)
  left.if_true, left.start, left.stop = list, start, stop
end

function POSTFIX.Concat(self, left, right, op_end, start, stop)
  self:to_next_reg(right)
  concat(self, left, right, op_end, start, stop)
end

function POSTFIX.Eq(self, left, right, _, start, stop)
  compare(self, equality(self, true, left, right), left, right, start, stop)
end

function POSTFIX.Ne(self, left, right, _, start, stop)
  compare(self, equality(self, false, left, right), left, right, start, stop)
end

function POSTFIX.Lt(self, left, right, _, start, stop)
  compare(self, order(self, false, left, right), left, right, start, stop)
end

function POSTFIX.Le(self, left, right, _, start, stop)
  compare(self, order(self, true, left, right), left, right, start, stop)
end

function POSTFIX.Gt(self, left, right, _, start, stop)
  compare(self, order(self, false, right, left), left, right, start, stop)
end

function POSTFIX.Ge(self, left, right, _, start, stop)
  compare(self, order(self, true, right, left), left, right, start, stop)
end

--- `left operator right`, both emitted; the result replaces `left`. The operator ends at `op_end`.
function Emitter:postfix(operator, left, right, op_end, start, stop)
  self:discharge(right)
  local finish = POSTFIX[operator]
  if finish then
    finish(self, left, right, op_end, start, stop)
  else
    emit_arithmetic(self, operator, left, right, op_end, start, stop)
  end
end

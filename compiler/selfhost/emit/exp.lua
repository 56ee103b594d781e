--- Expressions being evaluated into registers.
--
-- An expression is a table that says where a value is or how it will get somewhere: a constant not
-- loaded yet, a variable, an instruction whose destination is still open, a pending comparison.
-- Deferring the choice avoids moves. The scheme is that of PUC Lua's `lcode.c` (`expdesc`).
--
-- Fields: `kind` and, by kind,
--
--   Void                   no expression: the empty list
--   Nil, True, False
--   Int, Float, Str        value: the constant
--   Const                  value: its index in the constant table
--   Reg                    value: its register, a temporary's or a variable's
--   Local                  value: the register of a local variable
--   Upvalue                value: the number of the upvalue
--   Indexed                R[table][R[key]]
--   IndexedInt             R[table][key]
--   IndexedStr             R[table][K[key]]
--   IndexedUp              U[table][K[key]]
--   Jump                   value: the pc of a comparison's jump, taken when it holds
--   Reloc                  value: the pc of the instruction that computes it, destination open
--   Call, Vararg           value: the pc of the call or the `VARARG`
--
-- in addition `if_true` and `if_false`, lists of the jumps that leave it when it is true or false (from
-- `and`, `or` and `not` in it), false if there are none, and its text, `start…stop`.

local Emitter = require "luka.compiler.emit.emitter"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc, abx = instr.abc, instr.abx
local tointeger = math.tointeger

local exp = {}

--- A new expression.
function exp.new(kind, value, start, stop)
  return {
    kind = kind,
    value = value,
    table = false,
    key = false,
    if_true = false,
    if_false = false,
    start = start,
    stop = stop,
  }
end

--- Makes `e` another value, without jumps.
function exp.set(e, kind, value, start, stop)
  e.kind, e.value, e.start, e.stop = kind, value, start, stop
  e.if_true, e.if_false = false, false
end

--- Makes `e` a copy of `other`.
function exp.copy(e, other)
  e.kind, e.value, e.table, e.key = other.kind, other.value, other.table, other.key
  e.if_true, e.if_false = other.if_true, other.if_false
  e.start, e.stop = other.start, other.stop
end

local INDEXED = {Indexed = true, IndexedInt = true, IndexedStr = true, IndexedUp = true}
function exp.is_indexed(e)
  return INDEXED[e.kind] or false
end

--- Can it yield any number of values?
function exp.is_multi(e)
  local kind = e.kind
  return kind == "Call" or kind == "Vararg"
end

--- Is it a number written in the source?
function exp.is_numeral(e)
  local kind = e.kind
  return (kind == "Int" or kind == "Float") and not e.if_true and not e.if_false
end

--- The value of an integer written in the source, else nil.
local function as_int(e)
  if e.kind == "Int" and not e.if_true and not e.if_false then return e.value end
end
exp.as_int = as_int

--- The value of a numeral that fits a 16-bit operand of a comparison, as an integer, and 1 if it is
-- a float, else 0; nil for others.
function exp.as_small_number(e)
  local kind, n = e.kind, e.value
  if kind ~= "Int" and kind ~= "Float" or e.if_true or e.if_false then return nil end
  if not (n >= -0x8000 and n <= 0x7fff) then return nil end
  if kind == "Int" then return n, 0 end
  n = tointeger(n)
  if n then return n, 1 end
end

--- Fixes the number of values of a call or vararg expression: `n`, or all for nil.
function Emitter:set_returns(e, n)
  local count = n and n + 1 or 0
  local kind, at = e.kind, e.value
  if kind == "Call" then
    self.instrs[at + 1] = instr.with_c(self.instrs[at + 1], count)
  elseif kind == "Vararg" then
    self.instrs[at + 1] = abc(op.Vararg, self.free, 0, count)
    self:reserve(1)
  end
end

--- Fixes a call or vararg expression to one value.
function Emitter:set_one_return(e)
  local kind, at = e.kind, e.value
  if kind == "Call" then
    e.kind, e.value = "Reg", instr.a(self.instrs[at + 1])
  elseif kind == "Vararg" then
    self.instrs[at + 1] = instr.with_c(self.instrs[at + 1], 2)
    e.kind = "Reloc"
  end
end

-- How to make a value of each kind of variable.
local DISCHARGE = {}

function DISCHARGE.Local(_, e)
  e.kind = "Reg"
end

DISCHARGE.Call = Emitter.set_one_return
DISCHARGE.Vararg = Emitter.set_one_return

local function load_variable(self, e, i)
  e.kind, e.value = "Reloc", self:emit(i, e.start, e.stop)
end

function DISCHARGE.Upvalue(self, e)
  load_variable(self, e, abc(op.GetUpval, 0, e.value, 0))
end

function DISCHARGE.IndexedUp(self, e)
  load_variable(self, e, abc(op.GetTabUp, 0, e.table, e.key))
end

function DISCHARGE.IndexedInt(self, e)
  self:free_reg(e.table)
  load_variable(self, e, abc(op.GetI, 0, e.table, e.key))
end

function DISCHARGE.IndexedStr(self, e)
  self:free_reg(e.table)
  load_variable(self, e, abc(op.GetField, 0, e.table, e.key))
end

function DISCHARGE.Indexed(self, e)
  self:free_regs(e.table, e.key)
  load_variable(self, e, abc(op.GetTable, 0, e.table, e.key))
end

--- Makes `e` a value instead of a variable.
function Emitter:discharge(e)
  local how = DISCHARGE[e.kind]
  if how then how(self, e) end
end

--- Loads an integer.
function Emitter:emit_int(reg, n, start, stop)
  if n >= -0x80000000 and n <= 0x7fffffff then
    self:emit(abx(op.LoadI, reg, n), start, stop)
  else
    self:emit(abx(op.LoadK, reg, self:int_const(n)), start, stop)
  end
end

local function emit_float(self, reg, x, start, stop)
  local n = x >= -0x80000000 and x <= 0x7fffffff and tointeger(x)
  -- -0.0 is not the integer 0.
  if n and (n ~= 0 or 1 / x > 0) then
    self:emit(abx(op.LoadF, reg, n), start, stop)
  else
    self:emit(abx(op.LoadK, reg, self:float_const(x)), start, stop)
  end
end

-- How to put a value of each kind in a register.
local LOAD = {}

function LOAD.Nil(self, e, reg)
  self:emit_nil(reg, 1, e.start, e.stop)
end

function LOAD.False(self, e, reg)
  self:emit(abc(op.LoadFalse, reg, 0, 0), e.start, e.stop)
end

function LOAD.True(self, e, reg)
  self:emit(abc(op.LoadTrue, reg, 0, 0), e.start, e.stop)
end

function LOAD.Str(self, e, reg)
  self:emit(abx(op.LoadK, reg, self:plain_const(e.value)), e.start, e.stop)
end

function LOAD.Const(self, e, reg)
  self:emit(abx(op.LoadK, reg, e.value), e.start, e.stop)
end

function LOAD.Int(self, e, reg)
  self:emit_int(reg, e.value, e.start, e.stop)
end

function LOAD.Float(self, e, reg)
  emit_float(self, reg, e.value, e.start, e.stop)
end

function LOAD.Reloc(self, e, reg)
  local n = e.value + 1
  self.instrs[n] = instr.with_a(self.instrs[n], reg)
end

function LOAD.Reg(self, e, reg)
  if e.value ~= reg then
    self:emit(abc(op.Move, reg, e.value, 0), e.start, e.stop)
  end
end

--- Puts the value (jump lists aside) in `reg`.
local function discharge_to(self, e, reg)
  local how = DISCHARGE[e.kind]
  if how then how(self, e) end
  how = LOAD[e.kind]
  if how then
    how(self, e, reg)
    e.kind, e.value = "Reg", reg
  end
end

--- Puts the value (jump lists aside) in a register, any will do; returns it.
function Emitter:discharge_any(e)
  if e.kind == "Reg" then return e.value end
  local reg = self:reserve(1)
  discharge_to(self, e, reg)
  return reg
end

--- The register of a value in a register.
function Emitter:reg_of(e)
  local kind = e.kind
  return (kind == "Reg" or kind == "Local") and e.value or 0
end

--- Frees the register of a temporary.
function Emitter:free_exp(e)
  if e.kind == "Reg" then self:free_reg(e.value) end
end

--- Frees the registers of two temporaries.
function Emitter:free_exps(a, b)
  if a.kind == "Reg" and b.kind == "Reg" then
    self:free_regs(a.value, b.value)
  else
    self:free_exp(a)
    self:free_exp(b)
  end
end

--- Brings in the values the jumps of `e` carry.
local function meet_jumps(self, e, reg)
  local load_false, load_true = 0, 0
  if self:needs_value(e.if_true) or self:needs_value(e.if_false) then
    local over = e.kind ~= "Jump" and self:emit_jump(e.start, e.stop)
    load_false = self:here()
    self:emit(abc(op.LFalseSkip, reg, 0, 0), e.start, e.stop)
    load_true = self:here()
    self:emit(abc(op.LoadTrue, reg, 0, 0), e.start, e.stop)
    if over then self:fix_jump(over, self:here()) end
  end
  local after = self:here()
  self:patch_values(e.if_false, after, reg, load_false)
  self:patch_values(e.if_true, after, reg, load_true)
end

--- Puts the final value, jump lists included, in `reg`.
function Emitter:to_reg(e, reg)
  discharge_to(self, e, reg)
  if e.kind == "Jump" then e.if_true = self:add_jump(e.if_true, e.value) end
  if e.if_true or e.if_false then
    meet_jumps(self, e, reg)
    e.if_true, e.if_false = false, false
  end
  e.kind, e.value = "Reg", reg
end

--- Puts the final value in the next free register; returns it.
function Emitter:to_next_reg(e)
  self:discharge(e)
  if e.kind == "Reg" then self:free_reg(e.value) end
  local reg = self:reserve(1)
  self:to_reg(e, reg)
  return reg
end

--- Puts the final value in a register, any will do; returns it.
function Emitter:to_any_reg(e)
  self:discharge(e)
  if e.kind == "Reg" then
    local reg = e.value
    if not e.if_true and not e.if_false then return reg end
    -- A variable's register cannot take the values the jumps bring.
    if reg >= self.var_top then
      self:to_reg(e, reg)
      return reg
    end
  end
  return self:to_next_reg(e)
end

--- Puts the final value in a register, unless it is an upvalue.
function Emitter:to_any_reg_or_upvalue(e)
  if e.kind ~= "Upvalue" or e.if_true or e.if_false then self:to_any_reg(e) end
end

--- Makes `e` a final value: in a register if it has jumps, else wherever it is.
function Emitter:to_value(e)
  if e.if_true or e.if_false or e.kind == "Jump" then
    self:to_any_reg(e)
  else
    self:discharge(e)
  end
end

-- The constant of each kind of value.
local CONSTANT = {
  True = function(self) return self:plain_const(true) end,
  False = function(self) return self:plain_const(false) end,
  Nil = function(self) return self:nil_const() end,
  Int = function(self, e) return self:int_const(e.value) end,
  Float = function(self, e) return self:float_const(e.value) end,
  Str = function(self, e) return self:plain_const(e.value) end,
  Const = function(_, e) return e.value end,
}

--- The constant operand for `e`, if it is a constant that has one, else nil.
function Emitter:to_const(e)
  local constant = CONSTANT[e.kind]
  if not constant or e.if_true or e.if_false then return nil end
  local index = constant(self, e)
  if index > op.MAX_CONST_OPERAND then return nil end
  e.kind, e.value = "Const", index
  return index
end

return exp

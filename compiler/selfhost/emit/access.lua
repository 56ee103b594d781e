--- Access to variables: indexing, storing, and the register windows of calls.

local Emitter = require "luka.compiler.emit.emitter"
local exp = require "luka.compiler.emit.exp"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc, abx = instr.abc, instr.abx

--- Makes `e` the variable `e[key]`, the text of which is `start…stop`. `e` is in a register or an
-- upvalue.
function Emitter:index(e, key, start, stop)
  if key.kind == "Str"
    and not key.if_true
    and not key.if_false
    and self:index_name(e, key.value, start, stop)
  then
    return
  end
  if e.kind == "Upvalue" then self:to_any_reg(e) end
  e.table = self:reg_of(e)
  local n = exp.as_int(key)
  if n and n >= 0 and n <= 0xffff then
    e.kind, e.key = "IndexedInt", n
  else
    e.key = self:to_any_reg(key)
    e.kind = "Indexed"
  end
  e.start, e.stop = start, stop
end

--- Makes `e` the variable `e.name` if an instruction can name it so; else returns false.
function Emitter:index_name(e, name, start, stop)
  local key = self:field_const(name)
  if not key then return false end
  if e.kind == "Upvalue" then
    e.kind, e.table = "IndexedUp", e.value
  else
    e.table = self:reg_of(e)
    e.kind = "IndexedStr"
  end
  e.key, e.start, e.stop = key, start, stop
  return true
end

-- The instructions that store a register and a constant, by kind of target.
local STORE = {
  IndexedUp = {op.SetTabUp, op.SetTabUpK},
  IndexedInt = {op.SetI, op.SetIK},
  IndexedStr = {op.SetField, op.SetFieldK},
  Indexed = {op.SetTable, op.SetTableK},
}

--- Stores the value of `e` in the variable `target`.
function Emitter:store(target, e)
  local kind = target.kind
  local codes = STORE[kind]
  if codes then
    local k = self:to_const(e)
    if k then
      self:emit(abc(codes[2], target.table, target.key, k), target.start, target.stop)
    else
      local reg = self:to_any_reg(e)
      self:emit(abc(codes[1], target.table, target.key, reg), target.start, target.stop)
    end
  elseif kind == "Local" then
    self:free_exp(e)
    self:to_reg(e, target.value)
    return
  elseif kind == "Upvalue" then
    local reg = self:to_any_reg(e)
    self:emit(abc(op.SetUpval, reg, target.value, 0), target.start, target.stop)
  end
  -- Anything else is an assignment the resolver has refused.
  self:free_exp(e)
end

--- Takes the frame link's register, the second of a call window.
local function open_window(self)
  self.frame_links = self.frame_links + 1
  self:reserve(1)
end

--- Turns `e` into the function and the receiver of a call window; returns its base.
function Emitter:self_call(e, name, start, stop)
  local receiver = self:to_any_reg(e)
  self:free_exp(e)
  local base = self:reserve(1)
  open_window(self)
  self:reserve(1)
  local k = self:field_const(name)
  if k then
    self:emit(abc(op.SelfK, base, receiver, k), start, stop)
  else
    k = self:plain_const(name)
    self:emit(abc(op.Move, base + 2, receiver, 0), start, stop)
    self:emit(abx(op.LoadK, base, k), start, stop)
    self:emit(abc(op.GetTable, base, base + 2, base), start, stop)
  end
  exp.set(e, "Reg", base, start, stop)
  return base
end

--- Puts a function in a new call window; returns its base.
function Emitter:open_call(e)
  local base = self:to_next_reg(e)
  open_window(self)
  return base
end

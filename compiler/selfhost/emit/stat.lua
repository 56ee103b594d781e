--- Functions, blocks and statements, loops aside.

local Emitter = require "luka.compiler.emit.emitter"
local exp = require "luka.compiler.emit.exp"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc = instr.abc
local max = math.max

-- What to do for each kind of statement.
local STATEMENT = {}

local function statements(self, list)
  for n = 1, #list do
    local stat = list[n]
    STATEMENT[stat.kind](self, stat)
    self.free = self.var_top
  end
end

--- Returns `count` values, or all up to the top for nil, from `first` on.
local function emit_return(self, first, count, start, stop)
  local i
  if self.to_close > 0 then
    i = instr.with_n(abc(op.Return, first, count and count + 1 or 0, 0), 1)
  elseif count == 0 then
    i = abc(op.Return0, 0, 0, 0)
  elseif count == 1 then
    i = abc(op.Return1, first, 0, 0)
  else
    i = abc(op.Return, first, count and count + 1 or 0, 0)
  end
  self:emit(i, start, stop)
end

--- Emits the body of the function and its final return.
function Emitter:body()
  local fn, positions = self.fn, self.positions
  local is_main, body = fn.id == 0, fn.body
  local base = self:enter()
  self:activate(fn.params, 1, fn.num_params)
  self:at(is_main and 0 or positions:end_of_token_before(body.open_at))
  if fn.is_vararg then
    self:emit(abc(op.VarargPrep, 0, 0, 0), 0, 0)
  end
  self:reserve(fn.num_params)
  statements(self, body.stats)
  local stop
  if is_main then
    stop = positions:end_of_token_before(body.close_at)
  else
    stop = positions:end_of_token_at(fn.end_at)
  end
  self:at(stop)
  stop = max(stop, fn.end_at)
  emit_return(self, self.var_top, 0, fn.end_at, stop)
  self:leave(base, nil, true, fn.end_at, stop)
end

--- Emits a block in a scope of its own.
function Emitter:block(block)
  local base = self:enter()
  self:open_block(block)
  -- What is done when a block ends is at its closing token, with no text.
  self:leave(base, nil, false, block.close_at, block.close_at)
end

--- Emits the statements of a block; its scope is the caller's.
function Emitter:open_block(block)
  statements(self, block.stats)
  self:at(self.positions:end_of_token_before(block.close_at))
end

--- Fits `n` emitted values, `last` the last of them (nil for none), to `wanted` registers.
function Emitter:adjust(wanted, n, last, start, stop)
  local missing = wanted - n
  if last and exp.is_multi(last) then
    self:set_returns(last, max(missing + 1, 0))
  else
    if last then self:to_next_reg(last) end
    if missing > 0 then self:emit_nil(self.free, missing, start, stop) end
  end
  if missing > 0 then
    self:reserve(missing)
  else
    self.free = max(self.free + missing, 0)
  end
end

local function nothing() end
STATEMENT.Error = nothing
STATEMENT.Nothing = nothing

function STATEMENT.Compound(self, stat)
  self:compound(stat.target, stat.op, stat.value, stat.start, stat.stop)
end

function STATEMENT.Local(self, stat)
  local locals, start, stop = stat.locals, stat.start, stat.stop
  local count = #locals
  local n, last = self:expr_list(stat.values)
  if n == 0 then self:at(stop) end
  local final = locals[count]
  if not (final and final.kind == "Folded") then self:adjust(count, n, last, start, stop) end
  self:activate(locals, 1, count)
  for at = 1, count do
    local var = locals[at]
    if var.kind == "ToClose" then
      self:emit(abc(op.Tbc, var.register, 0, 0), start, stop)
      break
    end
  end
end

function STATEMENT.LocalFunction(self, stat)
  self:activate({stat.var}, 1, 1)
  self:closure(stat.func, stat.start, stat.stop)
  self:start_last_variable_here()
end

function STATEMENT.Function(self, stat)
  local target = self:expr(stat.target)
  local e = self:closure(stat.func, stat.start, stat.stop)
  -- A line hook sees the last line, where the closure is made, then the first.
  self:store(target, e)
  self:fix_line(stat.start + 1)
end

--- Assigning to the variable `e` must not change what earlier targets of the same assignment index:
-- those use a copy of it.
local function avoid_conflict(self, targets, e)
  local copy, conflict = self.free, false
  local kind, value = e.kind, e.value
  for n = 1, #targets do
    local target = targets[n]
    local of = target.kind
    if kind == "Upvalue" then
      if of == "IndexedUp" and target.table == value then
        target.kind, target.table = "IndexedStr", copy
        conflict = true
      end
    elseif kind == "Local" and of ~= "IndexedUp" and exp.is_indexed(target) then
      if target.table == value then
        target.table, conflict = copy, true
      end
      if of == "Indexed" and target.key == value then
        target.key, conflict = copy, true
      end
    end
  end
  if conflict then
    if kind == "Upvalue" then
      self:emit(abc(op.GetUpval, copy, value, 0), e.start, e.stop)
    else
      self:emit(abc(op.Move, copy, self:reg_of(e), 0), e.start, e.stop)
    end
    self:reserve(1)
  end
end

function STATEMENT.Assign(self, stat)
  local targets = {}
  for n, node in ipairs(stat.targets) do
    local e = self:expr(node)
    if n > 1 and not exp.is_indexed(e) then avoid_conflict(self, targets, e) end
    targets[n] = e
  end
  local wanted = #targets
  local n, last = self:expr_list(stat.values)
  local start, stop = 0, 0
  -- A broken text may have no values.
  if last then
    start, stop = last.start, last.stop
  end
  if n == wanted then
    self:set_one_return(last)
    self:store(targets[wanted], last)
    wanted = wanted - 1
  else
    self:adjust(wanted, n, last, start, stop)
  end
  for at = wanted, 1, -1 do
    local top = max(self.free - 1, 0)
    self:store(targets[at], exp.new("Reg", top, start, stop))
  end
end

function STATEMENT.Call(self, stat)
  local e = self:expr(stat.expr)
  if e.kind == "Call" then
    local n = e.value + 1
    self.instrs[n] = instr.with_c(self.instrs[n], 1)
  end
end

function STATEMENT.Do(self, stat)
  self:block(stat.body)
end

function STATEMENT.While(self, stat)
  self:while_loop(stat)
end

function STATEMENT.Repeat(self, stat)
  self:repeat_loop(stat)
end

function STATEMENT.NumericFor(self, stat)
  self:numeric_for(stat)
end

function STATEMENT.GenericFor(self, stat)
  self:generic_for(stat)
end

--- `if e then break end` and the like, where all the arm does is jump: the condition jumps there
-- itself. Returns whether it was so.
local function jump_arm(self, e, body)
  local stats = body.stats
  local only = stats[1]
  if #stats ~= 1 then return false end
  local kind, back_to = only.kind, nil
  if kind == "Forward" or kind == "Backward" then
    -- A line hook sees a `goto` on its own line (a `break` it does not in PUC Lua either).
    if self.positions:line(only.stop) ~= self.positions:line(self.last_end) then return false end
    if kind == "Backward" then
      back_to = self:label_without_close(only.label)
      if not back_to then return false end
    end
  elseif kind ~= "Break" then
    return false
  end
  self:go_if_false(e)
  if back_to then
    self:patch(e.if_true, back_to)
  else
    self:jumps_to_label(only.label, e.if_true)
  end
  return true
end

function STATEMENT.If(self, stat)
  local arms, otherwise = stat.arms, stat.otherwise
  local ends = false
  local count = #arms
  for n = 1, count do
    local arm = arms[n]
    local body = arm.body
    local e = self:condition(arm.cond)
    self:at(self.positions:end_of_token_at(body.open_at))
    if not jump_arm(self, e, body) then
      self:go_if_true(e)
      self:block(body)
      if n < count or otherwise then
        ends = self:add_jump(ends, self:emit_jump(body.close_at, body.close_at))
      end
      self:patch_here(e.if_false)
    end
  end
  if otherwise then self:block(otherwise) end
  self:patch_here(ends)
end

function STATEMENT.Return(self, stat)
  local first = self.var_top
  local n, last = self:expr_list(stat.values)
  local count = n
  if not last then
    self:at(stat.stop)
  elseif exp.is_multi(last) then
    self:set_returns(last, nil)
    if last.kind == "Call" and n == 1 and self.tbc == 0 then
      local at = last.value + 1
      local i = instr.with_c(instr.with_op(self.instrs[at], op.TailCall), 0)
      self.instrs[at] = instr.with_n(i, self.to_close > 0 and 1 or 0)
    end
    count = nil
  elseif n == 1 then
    first = self:to_any_reg(last)
  else
    self:to_next_reg(last)
  end
  emit_return(self, first, count, stat.start, stat.stop)
end

function STATEMENT.Break(self, stat)
  self:at(stat.stop)
  local pc = self:emit_jump(stat.start, stat.stop)
  self:jumps_to_label(stat.label, self:add_jump(false, pc))
end
STATEMENT.Forward = STATEMENT.Break

function STATEMENT.Backward(self, stat)
  self:at(stat.stop)
  self:jump_back(stat.label, stat.start, stat.stop)
end

function STATEMENT.Label(self, stat)
  self:at(stat.stop)
  self:define_label(stat.label, stat.start, stat.stop)
end

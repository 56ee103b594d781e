--- Variables in scope, labels, and what leaving a scope emits.

local Emitter = require "luka.compiler.emit.emitter"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc = instr.abc

--- Begins another function.
function Emitter:clear_scopes()
  -- Variables in scope, and the entry of each in the list for debuggers; false for one without
  -- register.
  self.active, self.active_debug, self.active_count = {}, {}, 0
  -- What debuggers see: { name, start_pc, end_pc, register }.
  self.debug = {}
  -- The number of registers of variables in scope, which is the first temporary.
  self.var_top = 0
  -- How many variables in scope are captured or to be closed, and how many of them the latter.
  self.to_close, self.tbc = 0, 0
  -- The place of each label that has come, and the registers of variables in scope there; the jumps
  -- to those that have not.
  self.label_pc, self.label_level, self.label_pending = {}, {}, {}
end

--- Opens a scope; pass what it returns to `leave`.
function Emitter:enter()
  return self.active_count
end

--- Is `reg` the register of a variable that a closure may change?
function Emitter:is_captured(reg)
  for n = self.active_count, 1, -1 do
    local var = self.active[n]
    if var.kind ~= "Folded" and var.register == reg then return var.captured end
  end
  return false
end

--- Brings variables `first…last` of a list into scope. Their values are in their registers.
function Emitter:activate(locals, first, last)
  local n = self.active_count
  for at = first, last do
    local var = locals[at]
    local kind, debug = var.kind, false
    if kind ~= "Folded" then
      local pc, register = self.pc, var.register
      debug = {name = var.name, start_pc = pc, end_pc = pc, register = register}
      self.debug[#self.debug + 1] = debug
      self.var_top = register + 1
      if kind == "ToClose" then
        self.tbc, self.to_close = self.tbc + 1, self.to_close + 1
      elseif var.captured then
        self.to_close = self.to_close + 1
      end
    end
    n = n + 1
    self.active[n], self.active_debug[n] = var, debug
  end
  self.active_count = n
end

--- Lets debuggers see the variable declared last only from here on.
function Emitter:start_last_variable_here()
  local last = self.debug[#self.debug]
  if last then last.start_pc = self.pc end
end

local function emit_close(self, level, start, stop)
  self:emit(abc(op.Close, level, 0, 0), start, stop)
end

--- Ends the scope opened at `base`: its variables end, the label `exit` (if any) is defined here, and
-- what must be closed is closed unless the function ends here.
function Emitter:leave(base, exit, function_ends, start, stop)
  local pc, needs_close = self.pc, false
  local active, active_debug = self.active, self.active_debug
  for n = self.active_count, base + 1, -1 do
    local var, debug = active[n], active_debug[n]
    active[n], active_debug[n] = nil, nil
    if debug then
      debug.end_pc = pc
      self.var_top = var.register
      local tbc = var.kind == "ToClose"
      if tbc then self.tbc = self.tbc - 1 end
      if tbc or var.captured then
        self.to_close = self.to_close - 1
        needs_close = true
      end
    end
  end
  self.active_count = base
  local closed = exit and self:define_label(exit, start, stop)
  if needs_close and not closed and not function_ends then
    emit_close(self, self.var_top, start, stop)
  end
  self.free = self.var_top
end

--- Sets the position of a label. Returns whether a `CLOSE` was needed there.
function Emitter:define_label(label, start, stop)
  local pc, level = self:here(), self.var_top
  self.label_pc[label], self.label_level[label] = pc, level
  local pending = self.label_pending[label]
  if pending then
    self.label_pending[label] = nil
    self:patch(pending, pc)
  end
  if label.needs_close then
    -- A jump may come from where the registers of the block's variables held others: at the block's
    -- end, those are to be closed too. (PUC Lua 5.4 leaves them open.)
    emit_close(self, label.ends_at or level, start, stop)
  end
  return label.needs_close
end

--- Adds a list of jumps to a later label.
function Emitter:jumps_to_label(label, jumps)
  self.label_pending[label] = self:join(self.label_pending[label], jumps)
end

--- Jumps back to a label, closing what goes out of scope.
function Emitter:jump_back(label, start, stop)
  local level = self.label_level[label] or 0
  if self.var_top > level then emit_close(self, level, start, stop) end
  self:emit_jump_to(self.label_pc[label] or 0, start, stop)
end

--- The position of an earlier label if a jump there leaves no variable's scope, else nil.
function Emitter:label_without_close(label)
  if self.var_top <= (self.label_level[label] or 0) then return self.label_pc[label] end
end

--- The function being emitted: its code, its registers, and the source position code belongs to.
--
-- Lines follow PUC Lua's rule: an instruction gets the line of the last token the one-pass compiler
-- has consumed when it emits it (`at` records that token's end), except where it fixes the line
-- afterwards (`fix_line`).

local Emitter = require "luka.compiler.emit.emitter"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc, abx = instr.abc, instr.abx
local max, min = math.max, math.min

-- PUC's bound on registers: a function that would use the 255th is refused (`MAXREGS`).
local PUC_MAX_REGISTERS = 255

--- Marks the next pc as a jump target and returns it.
function Emitter:here()
  self.last_target = self.pc
  return self.pc
end

--- Says that the token ending at `stop` has been consumed.
function Emitter:at(stop)
  self.last_end = stop
end

--- Emits an instruction that belongs to the text `start…stop`; returns its pc.
function Emitter:emit(i, start, stop)
  local last_end = self.last_end
  if last_end ~= self.line_end then
    self.line_end = last_end
    self.line = self.positions:line(last_end)
  end
  local pc = self.pc
  local n = pc + 1
  self.instrs[n], self.lines[n], self.starts[n], self.stops[n] = i, self.line, start, stop
  self.pc = n
  return pc
end

--- Gives the last instruction the line of the byte before `pos`.
function Emitter:fix_line(pos)
  self.lines[self.pc] = self.positions:line(pos)
end

--- Removes the last instruction.
function Emitter:remove_last()
  local n = self.pc
  self.instrs[n], self.lines[n], self.starts[n], self.stops[n] = nil, nil, nil, nil
  self.pc = n - 1
end

--- The previous instruction, or nil if a jump may land between it and the next.
function Emitter:previous()
  if self.pc > self.last_target then return self.instrs[self.pc] end
end

--- Reserves stack space for `n` more registers.
function Emitter:check_stack(n)
  local top = self.free + n
  if top > self.max_stack then
    self.max_stack = top
  end
  if top - self.frame_links >= PUC_MAX_REGISTERS then
    self:too_many_registers()
  end
end

--- Takes `n` registers and returns the first.
function Emitter:reserve(n)
  self:check_stack(n)
  local first = self.free
  self.free = first + n
  return first
end

--- Frees `reg` if it is a temporary.
function Emitter:free_reg(reg)
  if reg >= self.var_top and self.free > 0 then
    self.free = self.free - 1
  end
end

--- Frees two registers, the higher one first.
function Emitter:free_regs(a, b)
  if a < b then a, b = b, a end
  self:free_reg(a)
  self:free_reg(b)
end

--- Sets `n` registers from `from` on to nil, joining the previous instruction if it does the same
-- next to them.
function Emitter:emit_nil(from, n, start, stop)
  local last = from + n - 1
  local prev = self:previous()
  if prev and instr.op(prev) == op.LoadNil and not self.planted then
    local first2 = instr.a(prev)
    local last2 = first2 + instr.b(prev)
    if (first2 <= from and from <= last2 + 1) or (from <= first2 and first2 <= last + 1) then
      local first = min(from, first2)
      self.instrs[self.pc] = abc(op.LoadNil, first, max(last, last2) - first, 0)
      return
    end
  end
  self:emit(abc(op.LoadNil, from, n - 1, 0), start, stop)
end

--- Emits `JMP` to a place not known yet.
function Emitter:emit_jump(start, stop)
  return self:emit(abx(op.Jmp, 0, 0), start, stop)
end

--- Emits `JMP` back to `target`.
function Emitter:emit_jump_to(target, start, stop)
  self:fix_jump(self:emit_jump(start, stop), target)
end

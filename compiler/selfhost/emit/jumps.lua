--- Jumps whose target is not known yet: lists, patching, conditional jumps and their negation.
--
-- A list of jumps is the number of its last link, false if it is empty; links form a ring (the last
-- one leads to the first), so that two lists are joined by crossing two links.
--
-- A conditional jump represents a place in a jump list by the pc of the instruction that jumps. In
-- normal mode that is the test itself. In wide mode (functions too long for 16-bit jumps) it is a
-- `JMP` after the test: a comparison is negated to skip it, and a `JTSET`/`JFSET`, which acts when
-- it jumps, is laid out as `JTSET +1; JMP +1; JMP target`.

local Emitter = require "luka.compiler.emit.emitter"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc, abx = instr.abc, instr.abx
local op_of, b_of, sc_of = instr.op, instr.b, instr.sc
local JTSET, JFSET, JT, JF = op.JTSet, op.JFSet, op.JT, op.JF
local HAS_WIDE_JUMP = op.HAS_WIDE_JUMP

local jumps = {}

-- Register operand of a `JTSET`/`JFSET` whose destination is not decided yet.
local NO_REG = 0xffff

--- Begins another function.
function Emitter:clear_jumps()
  self.link_pc, self.link_next = {}, {}
end

--- `list` with `more` after it; returns the joined list.
function Emitter:join(list, more)
  if not more then return list end
  if not list then return more end
  local next = self.link_next
  next[list], next[more] = next[more], next[list]
  return more
end

--- `list` (an empty one if false) with one more jump; returns the list.
function Emitter:add_jump(list, pc)
  local next = self.link_next
  local link = #next + 1
  self.link_pc[link] = pc
  if list then
    next[link], next[list] = next[list], link
  else
    next[link] = link
  end
  return link
end

--- Stores a jump distance in the field its opcode has for it; nil if it does not fit.
local function with_distance(i, distance)
  if HAS_WIDE_JUMP[i & 0xff] then return instr.with_bx(i, distance) end
  if distance >= -0x8000 and distance <= 0x7fff then return instr.with_c(i, distance) end
end
jumps.with_distance = with_distance

--- Makes the jump at `pc` go to `target`.
function Emitter:fix_jump(pc, target)
  local fixed = with_distance(self.instrs[pc + 1], target - (pc + 1))
  if fixed then
    self.instrs[pc + 1] = fixed
  else
    self.needs_wide = true
  end
end

--- The pc of the `JTSET`/`JFSET` a jump belongs to, or nil.
local function test_set(self, pc)
  if self.wide then
    pc = pc - 2
    if pc < 0 then return nil end
  end
  local code = op_of(self.instrs[pc + 1])
  if code == JTSET or code == JFSET then return pc end
end

--- Decides the destination of a `JTSET`/`JFSET`; false if the jump is not one. Without a
-- destination, or if the value is there already, it becomes a plain test.
local function patch_test(self, pc, reg)
  local at = test_set(self, pc)
  if not at then return false end
  local test = self.instrs[at + 1]
  local from = b_of(test)
  if reg ~= NO_REG and reg ~= from then
    self.instrs[at + 1] = instr.with_a(test, reg)
  else
    self.instrs[at + 1] = abx(op_of(test) == JTSET and JT or JF, from, sc_of(test))
  end
  return true
end

--- Sends the jumps that put a value in `reg` to `with_value`, the others to `other`.
function Emitter:patch_values(list, with_value, reg, other)
  if not list then return end
  local pcs, next = self.link_pc, self.link_next
  local link = list
  repeat
    link = next[link]
    local pc = pcs[link]
    self:fix_jump(pc, patch_test(self, pc, reg) and with_value or other)
  until link == list
end

--- Makes no jump of the list produce a value.
function Emitter:remove_values(list)
  if not list then return end
  local link = list
  repeat
    link = self.link_next[link]
    patch_test(self, self.link_pc[link], NO_REG)
  until link == list
end

--- Does some jump of the list produce no value?
function Emitter:needs_value(list)
  if not list then return false end
  local link = list
  repeat
    link = self.link_next[link]
    if not test_set(self, self.link_pc[link]) then return true end
  until link == list
  return false
end

--- Sends all jumps of the list to `target`.
function Emitter:patch(list, target)
  self:patch_values(list, target, NO_REG, target)
end

--- Sends all jumps of the list to the next instruction.
function Emitter:patch_here(list)
  local here = self:here()
  if list then self:patch_values(list, here, NO_REG, here) end
end

--- The comparison that jumps in the opposite case: the table has them side by side.
local function negated(i)
  local first = op.JEq
  return instr.with_op(i, first + (op_of(i) - first ~ 1) & 0xff)
end

--- Emits a comparison that jumps; returns the pc for a jump list.
function Emitter:emit_compare(i, start, stop)
  if not self.wide then return self:emit(i, start, stop) end
  self:emit(instr.with_c(negated(i), 1), start, stop)
  return self:emit_jump(start, stop)
end

--- Emits a jump taken when `R[reg]` is true (`on`) or false, which also produces the value where
-- that turns out to be needed.
function Emitter:emit_test_set(reg, on, start, stop)
  local code = on and JTSET or JFSET
  if not self.wide then return self:emit(abc(code, NO_REG, reg, 0), start, stop) end
  self:emit(abc(code, NO_REG, reg, 1), start, stop)
  self:emit(abx(op.Jmp, 0, 1), start, stop)
  return self:emit_jump(start, stop)
end

--- Emits a jump taken when `R[reg]` is true (`on`) or false.
function Emitter:emit_test(reg, on, start, stop)
  return self:emit(abx(on and JT or JF, reg, 0), start, stop)
end

--- Makes the comparison after the jump at `pc` jump in the opposite case.
function Emitter:negate(pc)
  local n = self.wide and pc or pc + 1
  self.instrs[n] = negated(self.instrs[n])
end

return jumps

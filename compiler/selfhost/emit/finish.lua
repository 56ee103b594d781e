--- One function from start to end: emission, again in wide mode if need be, and the last pass over
-- its code.

local Emitter = require "luka.compiler.emit.emitter"
local jumps = require "luka.compiler.emit.jumps"
local op = require "luka.compiler.bytecode.ops"
local instr = require "luka.compiler.bytecode.instr"

local op_of, sbx_of, sc_of = instr.op, instr.sbx, instr.sc

-- Enough hops for real programs; bounds the search in cycles of jumps.
local HOPS = 100

--- Where a jump to `target` ends up.
local function final_target(code, target)
  for _ = 1, HOPS do
    local i = code[target + 1]
    if not i or op_of(i) ~= op.Jmp then break end
    target = target + 1 + sbx_of(i)
  end
  return target
end

--- Redirects jumps to unconditional jumps to the final target.
local function thread_jumps(code)
  local first, last, jmp = op.JT, op.JNgeI, op.Jmp
  local wide = op.HAS_WIDE_JUMP
  for n = 1, #code do
    local i = code[n]
    local o = i & 0xff
    if o >= first and o <= last or o == jmp then
      -- The pc after this instruction is n.
      local target = n + (wide[o] and sbx_of(i) or sc_of(i))
      local final = final_target(code, target)
      if final ~= target then
        code[n] = jumps.with_distance(i, final - n) or i
      end
    end
  end
end

--- Emits a function of the resolved tree; returns its prototype:
--
--   line_defined, last_line_defined, num_params, is_vararg, max_stack
--   code          an array of instructions
--   constants     an array of values, `consts.NIL` for nil; `constant_count` of them
--   upvalues      an array of { in_stack, index, kind, name }
--   protos        an array of numbers: the functions directly in it
--   lines, starts, stops    of each instruction: its line, its place in the text
--   locals        an array of { name, start_pc, end_pc, register }
function Emitter:proto(fn)
  self.out_of_registers = nil
  self:begin(fn, false)
  self:body()
  if self.needs_wide then
    self:begin(fn, true)
    self:body()
  end
  thread_jumps(self.instrs)
  local line_defined, last_line_defined = 0, 0
  if fn.id ~= 0 then
    line_defined = self.positions:line(fn.line_at + 1)
    last_line_defined = self.positions:line(fn.end_at + 1)
  end
  local protos = {}
  for n, child in ipairs(fn.children) do
    protos[n] = child.id
  end
  return {
    line_defined = line_defined,
    last_line_defined = last_line_defined,
    num_params = fn.num_params,
    is_vararg = fn.is_vararg,
    max_stack = math.max(2, math.min(self.max_stack, 0xffff)),
    code = self.instrs,
    constants = self.constants,
    constant_count = self.constant_count,
    upvalues = fn.upvalues,
    protos = protos,
    lines = self.lines,
    starts = self.starts,
    stops = self.stops,
    locals = self.debug,
  }
end

--- The state of emission of a function. Its methods are spread over the modules of this folder.
--
-- Program counters count from 0, as everywhere in bytecode; the lists of the code count from 1.

local Emitter = {}
Emitter.__index = Emitter

--- An emitter for a chunk; `begin` starts each of its functions.
-- `place` looks up lines and tokens. `planted`, for tests: leave out a peephole.
function Emitter.new(positions, planted)
  return setmetatable({positions = positions, planted = planted}, Emitter)
end

--- Begins the code of `fn` (a function of the resolved tree), in wide mode or not.
function Emitter:begin(fn, wide)
  self.fn = fn
  -- The number of each function directly in it.
  self.child_index = {}
  for n, child in ipairs(fn.children) do
    self.child_index[child] = n - 1
  end
  -- The code: instructions, the line of each, the source bytes of each.
  self.instrs, self.lines, self.starts, self.stops = {}, {}, {}, {}
  -- The pc of the next instruction.
  self.pc = 0
  -- No peephole may look after this pc: a jump may land on it.
  self.last_target = 0
  -- First register that holds nothing; how many below it are frame links, which PUC does not have
  -- and its limits do not count; how many registers the frame needs.
  self.free, self.frame_links, self.max_stack = 0, 0, 0
  -- Emit every 16-bit conditional jump over a 32-bit one? Did some 16-bit jump not reach?
  self.wide, self.needs_wide = wide, false
  -- End of the last token consumed, and the line found for `line_end`.
  self.last_end, self.line_end, self.line = 0, -1, 0
  -- Jumps out of the optional chains being emitted.
  self.chains = {}
  self:clear_constants()
  self:clear_jumps()
  self:clear_scopes()
end

--- Records that the function needs too many registers; the rest of the code is discarded.
function Emitter:too_many_registers()
  self.out_of_registers = self.out_of_registers or self.last_end
end

return Emitter

--- Loops and their conditions.

local Emitter = require "luka.compiler.emit.emitter"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc, abx = instr.abc, instr.abx

--- An expression of which only the truth value is used.
function Emitter:condition(cond)
  local e = self:expr(cond)
  if e.kind == "Nil" then
    e.kind = "False"
  end
  return e
end

function Emitter:while_loop(stat)
  local body = stat.body
  local close_at = body.close_at
  local top = self:here()
  local e = self:condition(stat.cond)
  self:go_if_true(e)
  local base = self:enter()
  self:block(body)
  self:emit_jump_to(top, close_at, close_at)
  self:at(stat.stop)
  self:leave(base, stat.exit, false, close_at, close_at)
  self:patch_here(e.if_false)
end

function Emitter:repeat_loop(stat)
  local body = stat.body
  local close_at = body.close_at
  local top = self:here()
  local base = self:enter()
  self:open_block(body)
  local e = self:condition(stat.cond)
  self:go_if_true(e)
  local again = e.if_false
  local before = self.pc
  self:leave(base, nil, false, close_at, close_at)
  if self.pc > before then
    -- The normal exit has closed the body's variables; so must each repetition.
    local done = self:emit_jump(stat.start, stat.stop)
    self:patch_here(again)
    self:emit(abc(op.Close, self.var_top, 0, 0), close_at, close_at)
    again = self:add_jump(false, self:emit_jump(stat.start, stat.stop))
    self:fix_jump(done, self:here())
  end
  self:patch(again, top)
  self:leave(base, stat.exit, false, close_at, close_at)
end

--- The body of a `for` with the visible variables `first…last` of `locals`.
local function loop_body(self, locals, first, last, body)
  local scope = self:enter()
  self:activate(locals, first, last)
  self:reserve(last - first + 1)
  self:block(body)
  self:leave(scope, nil, false, body.close_at, body.close_at)
end

function Emitter:numeric_for(stat)
  local locals, body = stat.locals, stat.body
  local init, limit, step = stat.init, stat.limit, stat.step
  local base, scope = self.free, self:enter()
  self:to_next_reg(self:expr(init))
  self:to_next_reg(self:expr(limit))
  -- The text of the header.
  local start, stop = init.start, limit.stop
  if step then
    self:to_next_reg(self:expr(step))
    stop = step.stop
  else
    self:emit_int(self:reserve(1), 1, start, stop)
  end
  self:activate(locals, 1, 3)
  self:at(self.positions:end_of_token_at(body.open_at))
  local prep = self:emit(abx(op.ForPrep, base, 0), start, stop)
  loop_body(self, locals, 4, 4, body)
  local back = self:emit(abx(op.ForLoop, base, 0), start, stop)
  self:fix_line(stat.start + 1)
  self:fix_jump(back, prep + 1)
  self:fix_jump(prep, self:here())
  self:at(stat.stop)
  self:leave(scope, stat.exit, false, body.close_at, body.close_at)
end

function Emitter:generic_for(stat)
  local locals, values, body = stat.locals, stat.values, stat.body
  local visible = #locals - 4
  local base, scope = self.free, self:enter()
  local n, last = self:expr_list(values)
  -- The text of the header.
  local start, stop = 0, 0
  if last then
    start, stop = values[1].start, last.stop
  end
  self:adjust(4, n, last, start, stop)
  self:activate(locals, 1, 4)
  -- The window of the iterator's call: PUC needs three registers, ours has the frame link in addition.
  self:check_stack(3)
  self.max_stack = math.max(self.max_stack, self.free + 4)
  self:at(self.positions:end_of_token_at(body.open_at))
  local prep = self:emit(abx(op.TForPrep, base, 0), start, stop)
  loop_body(self, locals, 5, #locals, body)
  self:fix_jump(prep, self:here())
  self:emit(abc(op.TForCall, base, 0, visible), start, stop)
  self:fix_line(stat.line_at + 1)
  local back = self:emit(abx(op.TForLoop, base, 0), start, stop)
  self:fix_line(stat.line_at + 1)
  self:fix_jump(back, prep + 1)
  self:at(stat.stop)
  self:leave(scope, stat.exit, false, body.close_at, body.close_at)
end

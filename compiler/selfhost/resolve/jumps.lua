-- `goto`, `break` and labels (Lua 5.4 manual §3.3.4), with PUC's rules for what is visible, what
-- jumps into a scope, and which labels close variables. Mirror of compiler/src/resolve/jumps.rs.
--
-- `resolver.labels` holds the labels in scope, of all open functions: { name, start, label }.
-- `resolver.pending` holds the jumps whose label has not come yet:
--   name        the label's name; nil for `break`
--   stat        the statement, an Error until the label is known
--   vars        how many variables are in scope, and
--   registers   registers in use, as far out as the jump has got
--   close       it leaves the scope of a captured variable

local hir = require "luka.compiler.resolve.hir"
local error = require "luka.compiler.resolve.error"
local scope = require "luka.compiler.resolve.scope"

local M = {}

local function visible_label(r, name)
  local labels = r.labels
  for at = r.func.first_label + 1, #labels do
    local visible = labels[at]
    if visible.name == name then return visible end
  end
  return nil
end

-- A `break` (no name) or `goto`.
function M.jump(r, name, start, stop)
  local visible = name and visible_label(r, name)
  if visible then
    return {kind = "Backward", start = start, stop = stop, label = visible.label}
  end
  local stat = {kind = "Error", start = start, stop = stop}
  r.pending[#r.pending + 1] = {
    name = name,
    stat = stat,
    vars = r.num_vars,
    registers = r.func.registers,
    close = false,
  }
  return stat
end

-- The position after `;` tokens that follow `stop`.
local function skip_semicolons(r, stop)
  local tokens = r.tokens
  local index = tokens:index_at_or_after(stop)
  while tokens.kinds[index] == ";" do
    stop = tokens.stops[index]
    index = index + 1
  end
  return stop
end

-- Sends the current block's pending jumps with this name to `label`, where `vars` variables are in
-- scope; the label statement, if there is one, ends at `after`.
local function resolve_pending(r, name, label, vars, behind)
  local pending = r.pending
  local kept = r.blocks[r.num_blocks].first_jump
  for at = kept + 1, #pending do
    local jump = pending[at]
    pending[at] = nil
    if jump.name ~= name then
      kept = kept + 1
      pending[kept] = jump
    elseif name and jump.vars < vars then
      local stat = jump.stat
      local variable = r.vars[jump.vars + 1].name
      r:report(error.jump_into_scope(r, name, stat.start, stat.stop, variable, behind))
    else
      label.needs_close = label.needs_close or jump.close
      jump.stat.kind = name and "Forward" or "Break"
      jump.stat.label = label
    end
  end
end

-- A run of label statements with nothing between them, `run[first]` to `run[last]`. PUC sees the
-- last one first. `ends_block`: the block ends after them, in a way that ends the scope of its
-- variables. Appends what becomes of them to `stats`.
function M.labels(r, run, first, last, ends_block, stats)
  local behind = skip_semicolons(r, run[last].stop)
  local base = #stats - first + 1
  for at = first, last do stats[base + at] = false end
  for at = last, first, -1 do
    local node = run[at]
    local name, start, stop = node.name, node.start, node.stop
    local before = visible_label(r, name)
    if before then
      r:report(error.duplicate_label(r, name, start, stop, before.start, behind))
    end
    local label = hir.add_label(r.hir)
    r.labels[#r.labels + 1] = {name = name, start = start, label = label}
    local vars = r.num_vars
    if ends_block then
      local block = r.blocks[r.num_blocks]
      vars, label.ends_at = block.first_var, block.registers
    end
    resolve_pending(r, name, label, vars, behind)
    stats[base + at] = {kind = "Label", start = start, stop = stop, label = label}
  end
end

-- Ends a block; `exit` is the label after it if it is a loop's.
function M.leave_block(r, exit)
  local block = r.blocks[r.num_blocks]
  local first_var, registers, closes = block.first_var, block.registers, block.closes
  scope.remove_vars(r, first_var, registers)
  if exit then resolve_pending(r, nil, exit, first_var, 0) end
  local labels, pending = r.labels, r.pending
  for at = #labels, block.first_label + 1, -1 do labels[at] = nil end
  r.blocks[r.num_blocks] = nil
  r.num_blocks = r.num_blocks - 1
  for at = block.first_jump + 1, #pending do
    local jump = pending[at]
    if closes and jump.registers > registers then jump.close = true end
    jump.vars = first_var
    jump.registers = registers
  end
end

-- Ends a function at `stop`, reporting its unresolved jumps if the function is `complete`.
function M.leave_function(r, stop, complete)
  local pending = r.pending
  local first_jump = r.blocks[r.num_blocks].first_jump
  M.leave_block(r, nil)
  for at = first_jump + 1, #pending do
    local jump = pending[at]
    if complete then
      local stat = jump.stat
      local report = jump.name and error.undefined_label(r, jump.name, stat.start, stat.stop, stop)
        or error.break_outside(r, stat.start, stat.stop, stop)
      r:report(report)
    end
    pending[at] = nil
  end
  local depth = r.depth
  r.funcs[depth] = nil
  r.depth = depth - 1
  r.func = r.funcs[depth - 1]
end

return M

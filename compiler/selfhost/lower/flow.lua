-- Jumps: `continue`, and `return`, `break` and `goto` where a function of the lowered program stands
-- between them and their target. Mirror of compiler/src/lower/flow.rs.
--
-- A frame is a function being lowered, or a block of it that becomes a function of its own:
--   kind     "Function"; "Try", the body of a `try`; "Closed", a block nothing may leave
--   place    what a "Closed" one is called
--   exits    the ways out of a "Try" that are in use: { way, count, name }. The body returns the number
--            of the way (from 1) first. Ways: "Return" with `count` values after the number,
--            "ReturnPacked" with all values in a table after it, "Break", "Continue", "Goto" a name
--   loops    the loops around the statement being lowered: the label for `continue`, false as long as
--            there is none
--   labels   the labels that are visible; kept only where jumps may have to cross

local M = {}

function M.new_frame(kind, place)
  return {kind = kind, place = place, exits = {}, loops = {}, labels = {}}
end

function M:frame()
  return self.frames[#self.frames]
end

-- Lowers the statements of a block, after others that are plain (`prologue`; nil: none).
function M:block(block, prologue)
  local stmts = block.stmts
  local labels = self:enter_labels(stmts)
  local out = prologue or {}
  for at = 1, #stmts do
    self:statement(stmts[at], out)
  end
  self:leave_labels(labels)
  block.stmts = out
end

-- Makes the labels among the statements visible; returns how many were before.
function M:enter_labels(stmts)
  local frame = self:frame()
  local labels = frame.labels
  local before = #labels
  if frame.kind ~= "Function" then
    for _, stmt in ipairs(stmts) do
      if stmt.kind == "Label" then labels[#labels + 1] = stmt.name end
    end
  end
  return before
end

function M:leave_labels(before)
  local labels = self:frame().labels
  for at = #labels, before + 1, -1 do
    labels[at] = nil
  end
end

-- Lowers the body of a loop; `continue` goes to a label at its end.
function M:loop_body(body, prologue)
  local loops = self:frame().loops
  loops[#loops + 1] = false
  self:block(body, prologue)
  local label = loops[#loops]
  loops[#loops] = nil
  if label then
    self:at(body.open_at, body.close_at)
    local inner = self:do_block {
      stmts = body.stmts,
      open_at = body.open_at,
      close_at = body.close_at,
    }
    body.stmts = {inner, self:label(label)}
  end
end

-- Lowers a `repeat`: `continue` jumps to the condition, so what is declared before the first one
-- stays visible there, and what is declared after it must not be read there.
function M:repeat_loop(body, cond)
  local stmts = body.stmts
  local loops = self:frame().loops
  loops[#loops + 1] = false
  local labels = self:enter_labels(stmts)
  local out = {}
  local split
  for at = 1, #stmts do
    local before = #out
    self:statement(stmts[at], out)
    if not split and loops[#loops] then split = before end
  end
  self:leave_labels(labels)
  local label = loops[#loops]
  loops[#loops] = nil
  if split then
    self:at(body.open_at, body.close_at)
    local tail = table.move(out, split + 1, #out, 1, {})
    for at = #out, split + 1, -1 do
      out[at] = nil
    end
    self:check_until(tail, cond)
    out[split + 1] = self:do_stmts {self:do_stmts(tail), self:label(label)}
  end
  body.stmts = out
end

-- The last name in the syntax tree from `root` on for which `wanted` is true.
local function last_name(root, wanted)
  local found
  local seen, todo = {[root] = true}, {root}
  while todo[1] do
    local node = table.remove(todo)
    local stop = node.stop
    if node.kind == "Name" and stop and wanted[node.name] and (not found or stop > found.stop) then
      found = node
    end
    for _, part in pairs(node) do
      if type(part) == "table" and not seen[part] then
        seen[part] = true
        todo[#todo + 1] = part
      end
    end
  end
  return found
end

-- Reports what the condition of a `repeat` reads of the variables `tail` declares.
function M:check_until(tail, cond)
  local declared = {}
  for _, stmt in ipairs(tail) do
    if stmt.kind == "Local" then
      for _, binding in ipairs(stmt.bindings) do
        declared[binding.name] = true
      end
    elseif stmt.kind == "LocalFunction" then
      declared[stmt.binding.name] = true
    end
  end
  local read = last_name(cond, declared)
  if read then self:continue_skips(read.name, read.start, read.stop) end
end

function M:continue_statement(out)
  local frame, start, stop = self:frame(), self.start, self.stop
  local loops = frame.loops
  local innermost = #loops
  if innermost == 0 then
    if frame.kind == "Function" then
      self:continue_outside(start, stop)
    elseif frame.kind == "Closed" then
      self:cannot_leave("continue", frame.place, start, stop)
    else
      self:leave_try({way = "Continue"}, {}, out)
    end
    return
  end
  local label = loops[innermost]
  if not label then
    label = self:hidden("continue")
    loops[innermost] = label
  end
  out[#out + 1] = self:jump_to(label)
end

function M:break_statement(out)
  local frame = self:frame()
  if #frame.loops == 0 then
    if frame.kind == "Closed" then
      return self:cannot_leave("break", frame.place, self.start, self.stop)
    elseif frame.kind == "Try" then
      return self:leave_try({way = "Break"}, {}, out)
    end
  end
  out[#out + 1] = self:stmt {kind = "Break"}
end

local function contains(list, item)
  for _, known in ipairs(list) do
    if known == item then return true end
  end
  return false
end

function M:goto_statement(name, out)
  local frame = self:frame()
  if frame.kind ~= "Function" and not contains(frame.labels, name) then
    if frame.kind == "Closed" then
      return self:cannot_leave("goto", frame.place, self.start, self.stop)
    end
    return self:leave_try({way = "Goto", name = name}, {}, out)
  end
  out[#out + 1] = self:jump_to(name)
end

function M:return_statement(values, out)
  local frame = self:frame()
  if frame.kind == "Function" then
    out[#out + 1] = self:stmt {kind = "Return", values = values}
  elseif frame.kind == "Closed" then
    self:cannot_leave("return", frame.place, self.start, self.stop)
  elseif values[1] and self.is_multi(values[#values]) then
    self:leave_try({way = "ReturnPacked"}, {self:call("table.pack", values)}, out)
  else
    self:leave_try({way = "Return", count = #values}, values, out)
  end
end

-- Returns from the body of a `try` with the number of an exit.
function M:leave_try(exit, values, out)
  local exits = self:frame().exits
  local number
  for at, known in ipairs(exits) do
    if known.way == exit.way and known.count == exit.count and known.name == exit.name then
      number = at
      break
    end
  end
  if not number then
    number = #exits + 1
    exits[number] = exit
  end
  local all = table.move(values, 1, #values, 2, {self:int(number)})
  out[#out + 1] = self:stmt {kind = "Return", values = all}
end

-- Performs an exit after the `try`; `values` are the variables with its values.
function M:take_exit(exit, values, out)
  local way = exit.way
  if way == "Return" then
    local list = {}
    for at = 1, exit.count do
      list[at] = self:name(values[at])
    end
    self:return_statement(list, out)
  elseif way == "ReturnPacked" then
    self:return_statement({self:unpack(values[1])}, out)
  elseif way == "Break" then
    self:break_statement(out)
  elseif way == "Continue" then
    self:continue_statement(out)
  else
    self:goto_statement(exit.name, out)
  end
end

-- `table.unpack(packed, 1, packed.n)`
function M:unpack(packed)
  local count = self:field(self:name(packed), "n")
  return self:call("table.unpack", {self:name(packed), self:int(1), count})
end

return M

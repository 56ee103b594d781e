-- `try` and `defer`. Mirror of compiler/src/lower/protect.rs.
--
-- A `catch` is a `pcall` of the body; exits from the body are numbers that it returns. `finally` and
-- `defer` are to-be-closed variables, so that they run whenever the scope is left, including by
-- `coroutine.close` and errors.

local M = {}

-- Lowers a block nothing may leave.
local function closed_block(self, place, block)
  local frames, start, stop = self.frames, self.start, self.stop
  frames[#frames + 1] = self.new_frame("Closed", place)
  self:block(block)
  frames[#frames] = nil
  self:at(start, stop)
end

function M:try_statement(node, out)
  local start, stop = self.start, self.stop
  local inner = {}
  if node.finally then
    closed_block(self, "finally", node.finally)
    self:at_exit("finally", node.finally, node.finally_vararg, inner)
  end
  local catch = node.catch
  if catch then
    local frames = self.frames
    frames[#frames + 1] = self.new_frame("Try")
    self:block(node.body)
    local exits = frames[#frames].exits
    frames[#frames] = nil
    self:at(start, stop)
    local ok, result, values = self:protected_call(node, exits, inner)
    local caught = self:local_of({catch.binding}, {self:name(result)})
    self:block(catch.body, {caught})
    self:at(start, stop)
    self:decide(ok, result, values, catch.body, exits, inner)
  else
    self:block(node.body)
    self:at(start, stop)
    inner[#inner + 1] = self:do_block(node.body)
  end
  self:at(start, stop)
  out[#out + 1] = self:do_stmts(inner)
end

-- `local ok, result, values… = pcall(body, ...)`; returns the names, those of the values in an array.
function M:protected_call(node, exits, out)
  local most = 0
  for _, exit in ipairs(exits) do
    local count = exit.way == "ReturnPacked" and 1 or exit.count or 0
    if count > most then most = count end
  end
  local names = {self:hidden("ok"), self:hidden("result")}
  for at = 1, most do
    names[2 + at] = self:hidden("value")
  end
  local args = {self:closure(node.body, node.body_vararg)}
  if node.body_vararg then args[2] = self:expr {kind = "Vararg"} end
  out[#out + 1] = self:local_names(names, {self:call("pcall", args)})
  return names[1], names[2], table.move(names, 3, #names, 1, {})
end

-- Runs the handler after an error, or performs the exit that the body has returned.
function M:decide(ok, result, values, handler, exits, out)
  local arms = {self:arm(self:negation(self:name(ok)), handler)}
  for n, exit in ipairs(exits) do
    local cond = self:binary("Eq", self:name(result), self:int(n))
    local stmts = {}
    self:take_exit(exit, values, stmts)
    arms[n + 1] = self:arm(cond, self:new_block(stmts))
  end
  out[#out + 1] = self:if_arms(arms, nil)
end

-- `defer do body end`
function M:defer_block(body, vararg, out)
  closed_block(self, "defer", body)
  self:at_exit("defer", body, vararg, out)
end

-- `defer call`
function M:defer_call(call, vararg, out)
  local body = self:new_block {self:stmt {kind = "Call", expr = call}}
  self:at_exit("defer", body, vararg, out)
end

-- `local name <close> = setmetatable({}, {__close = function() body end})`
function M:at_exit(what, body, vararg, out)
  if vararg then
    local packed = self:hidden("values")
    local pack = self:call("table.pack", {self:expr {kind = "Vararg"}})
    out[#out + 1] = self:local_names({packed}, {pack})
    local callee = self:expr {kind = "Paren", expr = self:closure(body, true)}
    local args = {self:unpack(packed)}
    local call = self:expr {kind = "Call", callee = callee, args = args, line_at = self.start}
    body = self:new_block {self:stmt {kind = "Call", expr = call}}
  end
  local close = {
    kind = "Named",
    name = "__close",
    name_at = self.start,
    value = self:closure(body, false),
  }
  local metatable = self:expr {kind = "Table", fields = {close}}
  local value = self:call("setmetatable", {self:empty_table(), metatable})
  out[#out + 1] = self:local_of({self:binding(self:hidden(what), "Close")}, {value})
end

return M

-- Semantic errors of extensions. Mirror of compiler/src/lower/error.rs.

local diag = require "luka.compiler.diag"

local codes = diag.codes

local M = {}

-- An error of the text from `start` to `stop`, where PUC would stop.
function M:report(code, start, stop, text)
  local tokens = self.tokens
  local line = self.source:line(tokens:line_at(tokens:index_at_or_after(start)))
  local diagnostic = diag.new(code, start, stop, text)
  local diagnostics = self.diagnostics
  diagnostics[#diagnostics + 1] = diag.with_puc(diagnostic, start, diag.SEMANTIC, line, text)
end

function M:continue_outside(start, stop)
  local text = "continue outside loop at line " .. self.source:line(start)
  self:report(codes.ContinueOutsideLoop, start, stop, text)
end

-- `what` (a jump) in a block that runs when its scope is left.
function M:cannot_leave(what, place, start, stop)
  self:report(
    codes.CannotLeave,
    start,
    stop,
    ("'%s' cannot leave a '%s' block"):format(what, place)
  )
end

-- `until` reads a variable that a `continue` leaves undeclared.
function M:continue_skips(name, start, stop)
  local text = "<continue> jumps into the scope of local '" .. name .. "'"
  self:report(codes.ContinueSkipsLocal, start, stop, text)
end

function M:optional_target(start, stop)
  local text = "an optional target must be the only one of its assignment"
  self:report(codes.OptionalTarget, start, stop, text)
end

return M

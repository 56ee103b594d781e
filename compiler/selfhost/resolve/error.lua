-- The resolver's diagnostics, in PUC's predefined. Mirror of compiler/src/resolve/error.rs.
--
-- "At the token after `stop`" means: PUC raises the error when it has consumed the text up to `stop`
-- and looks at the next token.

local diag = require "luka.compiler.diag"

local codes = diag.codes

local M = {}

-- An error of the text from `start` to `stop`, raised at the token after `after`.
local function report(r, code, start, stop, text, behind)
  local tokens = r.tokens
  local index = tokens:index_at_or_after(behind)
  local line = r.source:line(tokens:line_at(index))
  local diagnostic = diag.new(code, start, stop, text)
  return diag.with_puc(diagnostic, tokens.starts[index], diag.SEMANTIC, line, text)
end

-- A limit of PUC's passed in the function defined at `line` (0: the main chunk).
function M.limit(r, line, max, what, stop)
  local place = line == 0 and "main function" or "function at line " .. line
  local message = "too many " .. what .. " (limit is " .. max .. ") in " .. place
  local near = r.tokens:token_text(r.tokens:index_at_or_after(stop), r.source)
  local code = what == "upvalues" and codes.TooManyUpvalues or codes.TooManyLocals
  local start = stop > 0 and stop - 1 or 0
  return report(r, code, start, stop, message .. " near " .. near, stop)
end

-- Assignment to a variable that cannot change, checked at the token after `after`.
function M.assign_to_const(r, name, start, stop, behind)
  local text = "attempt to assign to const variable '" .. name .. "'"
  return report(r, codes.AssignToConst, start, stop, text, behind)
end

-- `goto` without label, found when the function ends.
function M.undefined_label(r, name, start, stop, behind)
  local line = r.source:line(stop > 0 and stop - 1 or 0)
  local text = "no visible label '" .. name .. "' for <goto> at line " .. line
  return report(r, codes.UndefinedLabel, start, stop, text, behind)
end

-- `break` outside a loop, found when the function ends.
function M.break_outside(r, start, stop, behind)
  local text = "break outside loop at line " .. r.source:line(start)
  return report(r, codes.BreakOutsideLoop, start, stop, text, behind)
end

-- A label that is visible already; the other one starts at `first`.
function M.duplicate_label(r, name, start, stop, first, behind)
  local text = "label '" .. name .. "' already defined on line " .. r.source:line(first)
  return report(r, codes.DuplicateLabel, start, stop, text, behind)
end

-- `goto` over the declaration of a variable that its label sees.
function M.jump_into_scope(r, name, start, stop, variable, behind)
  local line = r.source:line(stop > 0 and stop - 1 or 0)
  local text = "<goto "
    .. name
    .. "> at line "
    .. line
    .. " jumps into the scope of local '"
    .. variable
    .. "'"
  return report(r, codes.JumpIntoScope, start, stop, text, behind)
end

-- A global that is looked up in an `_ENV` which is declared global itself.
function M.global_environment(r, name, start, stop)
  local text = "_ENV is global when accessing variable '" .. name .. "'"
  return report(r, codes.NotDeclared, start, stop, text, stop)
end

-- A name that no `global` in scope declares.
function M.not_declared(r, name, start, stop)
  return report(r, codes.NotDeclared, start, stop, "variable '" .. name .. "' not declared", stop)
end

return M

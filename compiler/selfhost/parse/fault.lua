-- What is said of what the grammar refuses: code, place, PUC's text and line. Mirror of
-- compiler/src/parse/fault.rs and parse/ext/hint.rs, without the words for people.
--
-- A fault is a table with a `kind` and the `index` of the token that was refused:
--
--   Expected {wanted}            a certain token must stand here
--   Unclosed {closer, opener, open_at, open_line_at}
--                                a construct must be closed here
--   Unexpected                   no expression starts with this token
--   NotAStatement {expr}         neither a call nor a target of the assignment it stands in
--   ArgumentsExpected, ParameterExpected, ForExpected, VarargOutside, TooDeep
--   UnknownAttribute {name, start, stop}
--   SeveralToClose {start, stop}
--   Extension {hint}             a construct of the extensions that is almost right

local diag = require "luka.compiler.diag"
local expected = require "luka.compiler.lex.near".expected

local codes = diag.codes
local max = math.max

-- The codes, and PUC's texts as far as they are the same each time.
local CODES <const> = {
  Expected = codes.Expected,
  Unclosed = codes.Unclosed,
  Unexpected = codes.UnexpectedToken,
  NotAStatement = codes.NotAStatement,
  ArgumentsExpected = codes.Expected,
  ParameterExpected = codes.Expected,
  ForExpected = codes.Expected,
  VarargOutside = codes.VarargOutside,
  UnknownAttribute = codes.UnknownAttribute,
  SeveralToClose = codes.SeveralToClose,
  TooDeep = codes.TooDeep,
  Extension = codes.AlmostRight,
}

local TEXTS <const> = {
  Unexpected = "unexpected symbol",
  NotAStatement = "syntax error",
  ArgumentsExpected = "function arguments expected",
  ParameterExpected = "<name> or '...' expected",
  ForExpected = "'=' or 'in' expected",
  VarargOutside = "cannot use '...' outside a vararg function",
  SeveralToClose = "multiple to-be-closed variables in local list",
  TooDeep = "C stack overflow",
}

-- What PUC says of an almost right construct, where it is not "syntax error".
local HINTS <const> = {
  LocalPattern = "<name> expected",
  EmptyHole = "unexpected symbol",
  HoleEnd = "unexpected symbol",
  LocalCondition = "unexpected symbol",
}

-- Faults whose text does not say what it is near to.
local ALONE <const> = { TooDeep = true, UnknownAttribute = true, SeveralToClose = true }

-- PUC's text, without position.
local function puc_text(fault, tokens, source)
  local kind = fault.kind
  local text = TEXTS[kind]
  if kind == "UnknownAttribute" then
    text = "unknown attribute '" .. fault.name .. "'"
  elseif kind == "Expected" then
    text = expected(fault.wanted) .. " expected"
  elseif kind == "Unclosed" then
    text = expected(fault.closer) .. " expected"
    local line = source:line(fault.open_line_at)
    if line ~= source:line(tokens:line_at(fault.index)) then
      text = text .. (" (to close %s at line %d)"):format(expected(fault.opener), line)
    end
  elseif kind == "Extension" then
    text = HINTS[fault.hint] or "syntax error"
  end
  return ALONE[kind] and text or tokens:message_near(text, fault.index, source)
end

-- Where to point: at the token, or just behind the previous one when the token stands on a later line or
-- is the end of the text.
local function place(index, tokens, source)
  local start, stop = tokens.starts[index], tokens.stops[index]
  if index == 1 then
    return start, stop
  end
  local before = tokens.stops[index - 1]
  if tokens.kinds[index] == "<eof>" or source:line(start) > source:line(max(before, 1) - 1) then
    return before, before
  end
  return start, stop
end

-- The text a fault is about.
local function span(fault, tokens, source)
  local kind, index = fault.kind, fault.index
  if kind == "NotAStatement" then
    return fault.expr.start, fault.expr.stop
  elseif kind == "UnknownAttribute" or kind == "SeveralToClose" then
    return fault.start, fault.stop
  elseif kind == "VarargOutside" or kind == "TooDeep" then
    return tokens.starts[index], tokens.stops[index]
  elseif kind == "Unclosed" and tokens.kinds[index] == "<eof>" then
    local open = tokens:index_at_or_after(fault.open_at)
    return tokens.starts[open], tokens.stops[open]
  end
  return place(index, tokens, source)
end

-- The diagnostic of a fault; a token that could not even be read is the lexer's fault instead.
local function explain(fault, tokens, source)
  local index = fault.index
  if tokens.kinds[index] == "<error>" then
    return tokens.values[index]
  end
  local text = puc_text(fault, tokens, source)
  local start, stop = span(fault, tokens, source)
  local line = source:line(tokens:line_at(index))
  if fault.kind == "TooDeep" then
    line = nil -- PUC raises it as a run-time error
  end
  local diagnostic = diag.new(CODES[fault.kind], start, stop, text)
  return diag.with_puc(diagnostic, tokens.starts[index], diag.SYNTAX, line, text)
end

return { explain = explain }

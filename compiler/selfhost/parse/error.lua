-- Syntax errors: code, span, PUC's message and line. Mirror of
-- compiler/src/parse/failure.rs and parse/ext/hint.rs, without the reports.
--
-- A failure is a table with a `kind` and the `index` of the token that was refused:
--
--   Expected {wanted}            a certain token must be here
--   Unclosed {closer, opener, open_at, open_line_at}
--                                a construct must be closed here
--   Unexpected                   no expression starts with this token
--   NotAStatement {expr}         neither a call nor a target of the assignment it is in
--   ArgumentsExpected, ParameterExpected, ForExpected, VarargOutside, TooDeep
--   UnknownAttribute {name, start, stop}
--   MultipleToClose {start, stop}
--   Extension {hint}             a construct of the extensions that is malformed right

local diag = require "luka.compiler.diag"
local expected = require "luka.compiler.lex.token_text".expected

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
  MultipleToClose = codes.MultipleToClose,
  TooDeep = codes.TooDeep,
  Extension = codes.MalformedExtension,
}

local TEXTS <const> = {
  Unexpected = "unexpected symbol",
  NotAStatement = "syntax error",
  ArgumentsExpected = "function arguments expected",
  ParameterExpected = "<name> or '...' expected",
  ForExpected = "'=' or 'in' expected",
  VarargOutside = "cannot use '...' outside a vararg function",
  MultipleToClose = "multiple to-be-closed variables in local list",
  TooDeep = "C stack overflow",
}

-- What PUC says of an malformed right construct, where it is not "syntax error".
local HINTS <const> = {
  LocalPattern = "<name> expected",
  EmptyHole = "unexpected symbol",
  HoleEnd = "unexpected symbol",
  LocalCondition = "unexpected symbol",
  GlobalClose = "global variables cannot be to-be-closed",
}

-- Errors whose message does not show the token.
local ALONE <const> = {
  TooDeep = true,
  UnknownAttribute = true,
  MultipleToClose = true,
  GlobalClose = true,
}

-- PUC's text, without position.
local function puc_text(failure, tokens, source)
  local kind = failure.kind
  local text = TEXTS[kind]
  if kind == "UnknownAttribute" then
    text = "unknown attribute '" .. failure.name .. "'"
  elseif kind == "Expected" then
    text = expected(failure.wanted) .. " expected"
  elseif kind == "Unclosed" then
    text = expected(failure.closer) .. " expected"
    local line = source:line(failure.open_line_at)
    if line ~= source:line(tokens:line_at(failure.index)) then
      text = text .. (" (to close %s at line %d)"):format(expected(failure.opener), line)
    end
  elseif kind == "Extension" then
    text = HINTS[failure.hint] or "syntax error"
  end
  return (ALONE[kind] or ALONE[failure.hint]) and text
    or tokens:message_near_token(text, failure.index, source)
end

-- Where to point: at the token, or just after the previous one when the token is on a later line or
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

-- The text a failure is about.
local function span(failure, tokens, source)
  local kind, index = failure.kind, failure.index
  if kind == "NotAStatement" then
    return failure.expr.start, failure.expr.stop
  elseif kind == "UnknownAttribute" or kind == "MultipleToClose" then
    return failure.start, failure.stop
  elseif kind == "VarargOutside" or kind == "TooDeep" then
    return tokens.starts[index], tokens.stops[index]
  elseif kind == "Unclosed" and tokens.kinds[index] == "<eof>" then
    local open = tokens:index_at_or_after(failure.open_at)
    return tokens.starts[open], tokens.stops[open]
  end
  return place(index, tokens, source)
end

-- The diagnostic of a failure; a token that could not even be read is the lexer's failure instead.
local function explain(failure, tokens, source)
  local index = failure.index
  if tokens.kinds[index] == "<error>" then
    return tokens.values[index]
  end
  local text = puc_text(failure, tokens, source)
  local start, stop = span(failure, tokens, source)
  local line = source:line(tokens:line_at(index))
  if failure.kind == "TooDeep" then
    line = nil -- PUC raises it as a run-time error
  end
  local diagnostic = diag.new(CODES[failure.kind], start, stop, text)
  return diag.with_puc(diagnostic, tokens.starts[index], diag.SYNTAX, line, text)
end

return {explain = explain}

-- Diagnostics of the lexer. Mirror of compiler/src/lex/error.rs.

local diag = require "luka.compiler.diag"
local codes = diag.codes
local quote = require "luka.compiler.lex.token_text".quote

local sub = string.sub

-- A diagnostic raised while the token at `token_at` is read.
local function report(code, start, stop, message, token_at, line, text)
  return diag.with_puc(diag.new(code, start, stop, message), token_at, diag.LEX, line, text)
end

local function source_too_large(source)
  local at = source.start
  return report(
    codes.SourceTooLarge,
    at,
    at,
    "the source text is too large",
    at,
    source:line(at),
    "chunk is too large"
  )
end

local function malformed_number(source, start, stop)
  local text = sub(source.text, start + 1, stop)
  return report(
    codes.MalformedNumber,
    start,
    stop,
    "`" .. text .. "` is not a number",
    start,
    source:line(start),
    "malformed number near " .. quote(text)
  )
end

-- `shown`: the string as far as PUC has read it.
local function unfinished_string(source, quote_at, start, stop, shown)
  shown = stop >= #source.text and "<eof>" or quote(shown)
  return report(
    codes.UnfinishedString,
    quote_at,
    quote_at + 1,
    "this string is not closed",
    start,
    source:line(stop),
    "unfinished string near " .. shown
  )
end

-- As `unfinished_string`, of one that begins in a hole: what was meant to end the string around it.
local function unfinished_hole(source, brace, start, stop, shown)
  shown = stop >= #source.text and "<eof>" or quote(shown)
  return report(
    codes.UnfinishedString,
    brace,
    brace + 1,
    "this hole is not closed",
    start,
    source:line(stop),
    "unfinished string near " .. shown
  )
end

-- `start`: where the `[` or `--[` of the bracket is; `what`: "string" or "comment".
local function unfinished_long(source, start, level, what)
  local wide = level + (what == "comment" and 4 or 2)
  local text = ("unfinished long %s (starting at line %d) near <eof>"):format(
    what,
    source:line(start)
  )
  return report(
    codes.UnfinishedLongBracket,
    start,
    start + wide,
    "this long " .. what .. " is not closed",
    start,
    source:lines():last(),
    text
  )
end

local function bad_long_bracket(source, start, stop)
  local text = sub(source.text, start + 1, stop)
  return report(
    codes.InvalidLongBracket,
    start,
    stop,
    "this opens no long string",
    start,
    source:line(start),
    "invalid long string delimiter near " .. quote(text)
  )
end

-- `token_at`: where the string starts; `shown`: the string as far as PUC has read it. The error has
-- PUC's message `text`; `from`, where the escape's backslash is, and `to`, after the byte that is
-- wrong: one past the end of the text if that is what is wrong.
local function bad_escape(source, token_at, failure, shown)
  local stop = math.min(failure.to, #source.text)
  return report(
    codes.InvalidEscape,
    failure.from,
    stop,
    failure.text,
    token_at,
    source:line(failure.to - 1),
    failure.text .. " near " .. quote(shown)
  )
end

return {
  source_too_large = source_too_large,
  malformed_number = malformed_number,
  unfinished_string = unfinished_string,
  unfinished_hole = unfinished_hole,
  unfinished_long = unfinished_long,
  bad_long_bracket = bad_long_bracket,
  bad_escape = bad_escape,
}

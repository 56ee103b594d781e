-- String literals: quoted with escapes, and long brackets (Lua 5.4 manual §3.1). Mirror of
-- compiler/src/lex/string.rs.
--
-- The readers take the position of a token's first byte, counted from 1, and give the token's kind,
-- its value and the position of its last byte.

local error = require "luka.compiler.lex.error"

local byte, find, match, sub = string.byte, string.find, string.match, string.sub
local char, utf8_char = string.char, utf8.char
local concat = table.concat

-- What a quoted string may begin with before something that needs a closer look, by its quote.
local PLAIN <const> = {['"'] = '^[^"\\\n\r]*', ["'"] = "^[^'\\\n\r]*"}

-- Escapes of one letter.
local SIMPLE <const> = {
  a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v",
  ["\\"] = "\\", ['"'] = '"', ["'"] = "'",
}

-- An error of the escape whose backslash is at `from`, found at the byte `at`, which PUC still shows.
-- Positions of errors count from 0. Nothing, and where to continue: after the diagnostic, but not past
-- something that may close the string.
local function fail(text, from, at, words)
  local next = at
  if at == from + 1 and not find(text, "^[\n\r]", at) then
    next = at + 1
  end
  return nil, next, {text = words, from = from - 1, to = at}
end

local function hex_escape(text, from)
  local digits = match(text, "^[0-9a-fA-F]*", from + 2)
  if #digits < 2 then
    return fail(text, from, from + 2 + #digits, "hexadecimal digit expected")
  end
  return char(tonumber(sub(digits, 1, 2), 16)), from + 4
end

local function decimal_escape(text, from)
  local digits = match(text, "^[0-9][0-9]?[0-9]?", from + 1)
  local next = from + 1 + #digits
  if tonumber(digits) > 255 then
    return fail(text, from, next, "decimal escape too large")
  end
  return char(tonumber(digits)), next
end

local function utf8_escape(text, from)
  if sub(text, from + 2, from + 2) ~= "{" then
    return fail(text, from, from + 2, "missing '{'")
  end
  local at = from + 3
  if not find(text, "^[0-9a-fA-F]", at) then
    return fail(text, from, at, "hexadecimal digit expected")
  end
  local value = 0
  local digit = match(text, "^[0-9a-fA-F]", at)
  while digit do
    if value > 0x7FFFFFFF >> 4 then
      return fail(text, from, at, "UTF-8 value too large")
    end
    value = value << 4 | tonumber(digit, 16)
    at = at + 1
    digit = match(text, "^[0-9a-fA-F]", at)
  end
  if sub(text, at, at) ~= "}" then
    return fail(text, from, at, "missing '}'")
  end
  return utf8_char(value), at + 1
end

-- The escape sequence whose backslash is at `from`: what it represents and the position after it; or
-- nil, where to continue, and the error.
local function escape(text, from)
  local letter = sub(text, from + 1, from + 1)
  local simple = SIMPLE[letter]
  if simple then
    return simple, from + 2
  elseif letter == "" then
    -- The string ends with the text, which is reported by the caller.
    return "", from + 1
  elseif letter == "\n" or letter == "\r" then
    local pair = letter == "\n" and "\r" or "\n"
    return "\n", sub(text, from + 2, from + 2) == pair and from + 3 or from + 2
  elseif letter == "x" then
    return hex_escape(text, from)
  elseif letter == "u" then
    return utf8_escape(text, from)
  elseif letter == "z" then
    local _, stop = find(text, "^[ \t\n\r\v\f]*", from + 2)
    return "", stop + 1
  elseif find(letter, "[0-9]") then
    return decimal_escape(text, from)
  end
  return fail(text, from, from + 1, "invalid escape sequence")
end

-- A string in quotes, the opening one at `pos`. The first bad escape is reported and the rest of the
-- string skipped.
local function short_string(source, pos, quote)
  local text, plain = source.text, PLAIN[quote]
  local _, stop = find(text, plain, pos + 1)
  local next = sub(text, stop + 1, stop + 1)
  if next == quote then
    return "<string>", sub(text, pos + 1, stop), stop + 1
  end
  local parts, diagnostic = {sub(text, pos + 1, stop)}, nil
  while next == "\\" do
    local from = stop + 1
    local piece, at, found = escape(text, from)
    if found and not diagnostic then
      -- PUC shows the string as far as it has read it.
      local shown = quote .. concat(parts) .. sub(text, from, found.to)
      diagnostic = error.bad_escape(source, pos - 1, found, shown)
    end
    parts[#parts + 1] = piece
    _, stop = find(text, plain, at)
    parts[#parts + 1] = sub(text, at, stop)
    next = sub(text, stop + 1, stop + 1)
  end
  if next == quote then
    stop = stop + 1
  else
    diagnostic = diagnostic
      or error.unfinished_string(source, pos - 1, pos - 1, stop, quote .. concat(parts))
  end
  if diagnostic then
    return "<error>", diagnostic, stop
  end
  return "<string>", concat(parts), stop
end

-- `text` with every kind of newline written as `\n`.
local function normalise_newlines(text)
  if not find(text, "\r", 1, true) then
    return text
  end
  local parts, count, pos = {}, 0, 1
  local at = find(text, "[\n\r]")
  while at do
    count = count + 1
    parts[count] = sub(text, pos, at - 1)
    local this, next = byte(text, at, at + 1)
    pos = at + 1
    if next ~= this and (next == 10 or next == 13) then
      pos = at + 2
    end
    at = find(text, "[\n\r]", pos)
  end
  parts[count + 1] = sub(text, pos)
  return concat(parts, "\n")
end

-- A long string, or the error of a `[=` that opens none; the `[` is at `pos`.
local function long_string(source, pos)
  local text = source.text
  local equals = match(text, "^%[(=*)", pos)
  local from = pos + 1 + #equals
  if sub(text, from, from) ~= "[" then
    return "<error>", error.bad_long_bracket(source, pos - 1, from - 1), from - 1
  end
  local close, stop = find(text, "]" .. equals .. "]", from + 1, true)
  if not close then
    return "<error>", error.unfinished_long(source, pos - 1, #equals, "string"), #text
  end
  local body = normalise_newlines(sub(text, from + 1, close - 1))
  -- A newline at the start is skipped.
  return "<string>", byte(body) == 10 and sub(body, 2) or body, stop
end

return {short_string = short_string, long_string = long_string, escape = escape}

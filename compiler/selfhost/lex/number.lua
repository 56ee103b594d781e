-- Numerals of source text (Lua 5.4 manual §3.1), and what the extensions add to them. Mirror of
-- compiler/src/lex/number.rs; where that reads the digits itself, this asks the host's `tonumber`,
-- which every Lua 5.4 rounds to nearest.

local byte, find, gsub, match, sub =
  string.byte, string.find, string.gsub, string.match, string.sub

-- The value of `text`, which starts with a digit or a dot; nil if it is not a number. A decimal
-- integer that does not fit 64 bits is a float; a hexadecimal one wraps around.
local parse_numeral = tonumber

-- The digits of a binary integer, which wraps around as hexadecimal ones do.
local function binary(digits)
  if not find(digits, "^[01]+$") then
    return nil
  end
  local value = 0
  for i = 1, #digits do
    value = value << 1 | byte(digits, i) - 48
  end
  return value
end

-- The value of a numeral with what the extensions allow: `_` between two digits, and binary integers
-- (`0b…`). Only called for what `parse_numeral` refuses.
local function parse_extended(text)
  local digit, prefix, digits, exponent = "[0-9]", "", text, ""
  local base = match(text, "^0([bBxX])")
  if base then
    prefix, digits = sub(text, 1, 2), sub(text, 3)
    if base == "b" or base == "B" then
      digit = "[01]"
    else
      -- The digits of an exponent are decimal, in a hexadecimal numeral too.
      digit = "[0-9a-fA-F]"
      digits, exponent = match(digits, "^([^pP]*)(.*)$")
    end
  end
  -- Drops the `_` between two digits; any other one is left and makes this no number. (Twice: the
  -- digit after a `_` may be the one before the next.)
  local between = "(" .. digit .. ")_(" .. digit .. ")"
  digits = gsub(gsub(digits, between, "%1%2"), between, "%1%2")
  exponent = gsub(gsub(exponent, "([0-9])_([0-9])", "%1%2"), "([0-9])_([0-9])", "%1%2")
  if digit == "[01]" then
    return binary(digits)
  end
  return parse_numeral(prefix .. digits .. exponent)
end

-- Where the numeral at `pos` ends, as the position after it: everything PUC consumes before it checks
-- whether it is a number.
local function numeral_end(text, pos)
  -- PUC looks for the `x` after an initial dot, too.
  if byte(text, pos) == 46 then
    pos = pos + 1
  end
  local to_exponent = "^[0-9a-fA-F.]*[eE][+-]?"
  if find(text, "^0[xX]", pos) then
    to_exponent = "^[0-9a-fA-F.]*[pP][+-]?"
    pos = pos + 2
  end
  local _, stop = find(text, to_exponent, pos)
  while stop do
    pos = stop + 1
    _, stop = find(text, to_exponent, pos)
  end
  -- A letter that touches the numeral makes it malformed.
  _, stop = find(text, "^[0-9a-fA-F.]*[A-Za-z_]?", pos)
  return stop + 1
end

-- Where the numeral at `pos` ends if underscores are part of it, as the position after it.
local function extended_end(text, pos)
  local signed = find(text, "^0[xX]", pos) and "^[pP][+-]$" or "^[eE][+-]$"
  while true do
    local _, stop = find(text, "^[A-Za-z0-9_.]*", pos)
    pos = stop + 1
    if not find(sub(text, stop, pos), signed) then
      return pos
    end
    pos = pos + 1
  end
end

return {
  parse_numeral = parse_numeral,
  parse_extended = parse_extended,
  numeral_end = numeral_end,
  extended_end = extended_end,
}

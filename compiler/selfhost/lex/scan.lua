-- The main loop of the lexer (Lua 5.4 manual §3.1). Mirror of compiler/src/lex/scan.rs.

local MAX_LEN = require "luka.compiler.source".MAX_LEN
local error = require "luka.compiler.lex.error"
local interp = require "luka.compiler.lex.interp"
local number = require "luka.compiler.lex.number"
local string_reader = require "luka.compiler.lex.string"
local token = require "luka.compiler.lex.token"

local byte, find, match, sub = string.byte, string.find, string.match, string.sub
local math_type = math.type
local interpolated = interp.interpolated
local short_string, long_string = string_reader.short_string, string_reader.long_string

-- The reserved words.
local KEYWORD <const> = {}
for _, word in ipairs(token.KEYWORDS) do
  KEYWORD[word] = word
end

-- What a byte begins: a word, a numeral, white space. Identifiers are ASCII only, whatever the locale.
local IN_WORD <const>, DIGIT <const>, SPACE <const> = {}, {}, {}
for c in ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"):gmatch "." do
  IN_WORD[byte(c)] = true
end
for c in ("0123456789"):gmatch "." do
  DIGIT[byte(c)] = true
end
for c in (" \t\n\r\v\f"):gmatch "." do
  SPACE[byte(c)] = true
end

-- A tree of symbols by their bytes: the node of a byte has the nodes of the bytes that may follow, and
-- in `kind` the symbol that ends there. Every beginning of a symbol is one.
local function symbol_tree(...)
  local root = {}
  for _, symbols in ipairs {...} do
    for _, symbol in ipairs(symbols) do
      local node = root
      for i = 1, #symbol do
        local c = byte(symbol, i)
        node[c] = node[c] or {kind = sub(symbol, 1, i)}
        node = node[c]
      end
    end
  end
  return root
end

local PLAIN_TREE <const> = symbol_tree(token.SYMBOLS)
local EXTENDED_TREE <const> = symbol_tree(token.SYMBOLS, token.EXTENDED_SYMBOLS)

-- A numeral at `pos`: kind, value, and the position of its last byte.
local function numeral(source, pos, luka)
  local text = source.text
  local stop = number.numeral_end(text, pos)
  local value = number.parse_numeral(sub(text, pos, stop - 1))
  if not value and luka then
    local extended_stop = number.extended_end(text, pos)
    value = number.parse_extended(sub(text, pos, extended_stop - 1))
    stop = value and extended_stop or stop
  end
  if not value then
    return "<error>", error.malformed_number(source, pos - 1, stop - 1), stop - 1
  end
  return math_type(value) == "integer" and "<integer>" or "<number>", value, stop - 1
end

-- Where the comment at `pos` ends, as the position of its last byte; or the whole rest of the text and
-- the diagnostic of a long comment that is not closed.
local function comment(source, pos)
  local text = source.text
  local equals = match(text, "^%[(=*)%[", pos + 2)
  if not equals then
    return (find(text, "[\n\r]", pos) or #text + 1) - 1
  end
  local _, stop = find(text, "]" .. equals .. "]", pos + 4 + #equals, true)
  if not stop then
    return #text, error.unfinished_long(source, pos - 1, #equals, "comment")
  end
  return stop
end

-- The symbol at `pos` and the position of its last byte; `node` is its first byte's.
local function symbol(text, pos, node)
  local second, third = byte(text, pos + 1, pos + 2)
  local longer = node[second]
  if not longer then
    return node.kind, pos
  elseif longer[third] then
    return longer[third].kind, pos + 2
  elseif longer.kind == "?." and DIGIT[third] then
    return node.kind, pos
  end
  return longer.kind, pos + 1
end

-- Reads all tokens of `source`; those of the extensions only if `std` is "Luka".
local function lex(source, std)
  local text, luka = source.text, std ~= "Lua54"
  local tree = luka and EXTENDED_TREE or PLAIN_TREE
  local tokens = token.new()
  local kinds, values, starts, stops = tokens.kinds, tokens.values, tokens.starts, tokens.stops
  local holes = interp.new_holes()
  local count = 0 -- tokens read
  local pos = source.start + 1

  if #text > MAX_LEN then
    count, pos = 1, #text + 1
    kinds[1], values[1] = "<error>", error.source_too_large(source)
    starts[1], stops[1] = source.start, source.start
  end

  while true do
    local c = byte(text, pos)
    if SPACE[c] then
      pos = find(text, "[^ \t\n\r\v\f]", pos + 1) or #text + 1
      c = byte(text, pos)
    end
    local kind, value, stop = nil, false, pos
    if IN_WORD[c] then
      local word = match(text, "^[A-Za-z0-9_]+", pos)
      stop = pos + #word - 1
      kind = KEYWORD[word]
      if not kind then
        kind, value = "<name>", word
      end
    elseif c == 34 then -- "
      kind, value, stop = short_string(source, pos, '"')
    elseif c == 39 then -- '
      kind, value, stop = short_string(source, pos, "'")
    elseif DIGIT[c] then
      kind, value, stop = numeral(source, pos, luka)
    elseif c == 45 and byte(text, pos + 1) == 45 then -- --
      stop, value = comment(source, pos)
      kind = value and "<error>"
    elseif c == 91 and find(text, "^[[=]", pos + 1) then -- [[ or [=
      kind, value, stop = long_string(source, pos)
    elseif c == 46 and DIGIT[byte(text, pos + 1)] then -- .5
      kind, value, stop = numeral(source, pos, luka)
    elseif c == 123 then -- {
      holes.depth = holes.depth + 1
      kind = "{"
    elseif c == 125 then -- }
      if holes.innermost == holes.depth then
        kind, value, stop = interpolated(source, pos, false, holes)
      else
        holes.depth = holes.depth > 0 and holes.depth - 1 or 0
        kind = "}"
      end
    elseif tree[c] then
      kind, stop = symbol(text, pos, tree[c])
    elseif c == 96 and luka then -- `
      kind, value, stop = interpolated(source, pos, true, holes)
    elseif c then
      kind, value = "<other>", c
    else
      break
    end
    if kind then
      count = count + 1
      kinds[count], values[count] = kind, value
      starts[count], stops[count] = pos - 1, stop
    end
    pos = stop + 1
  end

  count = count + 1
  kinds[count], values[count] = "<eof>", false
  starts[count], stops[count] = #text, #text
  tokens.count = count
  return tokens
end

return {lex = lex}

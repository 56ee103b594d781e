-- Tokens: the flat arrays that hold them. Mirror of compiler/src/lex/token.rs.
--
-- A token's kind is its text as PUC's messages write it: `while`, `==`, `<name>`. Its value is the text
-- of a name, a string or a piece of an interpolated string, the number of a numeral, the byte of an
-- `<other>`, the diagnostic of an `<error>`; false for all others.

local token_text = require "luka.compiler.lex.token_text"

local KEYWORDS <const> = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
  "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
}

local SYMBOLS <const> = {
  "+", "-", "*", "/", "//", "%", "^", "#", "&", "~", "|", "<", ">", "<<", ">>", "<=", ">=", "==",
  "~=", "=", "(", ")", "{", "}", "[", "]", "::", ";", ":", ",", ".", "..", "...",
}

-- Symbols of the extensions.
local EXTENDED_SYMBOLS <const> = {
  "+=", "-=", "*=", "/=", "//=", "%=", "^=", "..=", "&=", "|=", "<<=", ">>=", "??=", "->", "?",
  "??",
  "?.",
}

local Tokens = {}
Tokens.__index = Tokens

-- No tokens yet. The last one will be `<eof>`.
local function new()
  return setmetatable({
    count = 0,
    kinds = {},
    values = {},
    starts = {}, -- where each token's text starts,
    stops = {},  -- and where it ends
  }, Tokens)
end

-- The first token that starts at or after `pos`; the `<eof>` for larger positions.
function Tokens:index_at_or_after(pos)
  local starts = self.starts
  local low, high = 1, self.count
  while low < high do
    local middle = (low + high) // 2
    if starts[middle] < pos then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

-- A byte on the line PUC counts while token `index` is current: the token's last byte.
function Tokens:line_at(index)
  local start, stop = self.starts[index], self.stops[index]
  return stop > start and stop - 1 or start
end

Tokens.token_text = token_text.token_text
Tokens.message_near_token = token_text.message_near_token

return {
  new = new,
  KEYWORDS = KEYWORDS,
  SYMBOLS = SYMBOLS,
  EXTENDED_SYMBOLS = EXTENDED_SYMBOLS,
}

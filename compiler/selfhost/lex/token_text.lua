-- A token as PUC's messages show it after `near` (`txtToken`). Mirror of compiler/src/lex/token_text.rs.

local find, match, sub = string.find, string.match, string.sub

-- `text` up to its first zero, in single quotes.
local function quote(text)
  return "'" .. match(text, "^[^\0]*") .. "'"
end

-- A string's delimiters around its contents.
local function string_text(text, contents)
  local bracket = match(text, "^%[=*%[")
  local wide = bracket and #bracket or 1
  return sub(text, 1, wide) .. contents .. sub(text, -wide)
end

-- A byte that starts no token: itself, or `<\N>` when it cannot be printed.
local function byte_text(value)
  if value >= 32 and value < 127 then
    return "'" .. string.char(value) .. "'"
  end
  return "'<\\" .. value .. ">'"
end

-- How PUC's messages show token `index`: quoted text, or `<eof>` without quotes. A string shows its
-- *contents* between its delimiters, and everything is cut at the first zero byte, as C prints it.
local function token_text(tokens, index, source)
  local kind = tokens.kinds[index]
  if kind == "<eof>" then
    return kind
  elseif kind == "<other>" then
    return byte_text(tokens.values[index])
  end
  local text = sub(source.text, tokens.starts[index] + 1, tokens.stops[index])
  if kind == "<string>" then
    text = string_text(text, tokens.values[index])
  end
  return quote(text)
end

-- `text` followed by ` near <token>`; without it for a zero byte, which PUC does not show.
local function message_near_token(tokens, text, index, source)
  if tokens.kinds[index] == "<other>" and tokens.values[index] == 0 then
    return text
  end
  return text .. " near " .. token_text(tokens, index, source)
end

-- How a message shows `kind` as an *expected* token: `'end'`, `<name>`.
local function expected(kind)
  if find(kind, "^<%a") then
    return kind
  end
  return "'" .. kind .. "'"
end

return {
  quote = quote,
  token_text = token_text,
  message_near_token = message_near_token,
  expected = expected,
}

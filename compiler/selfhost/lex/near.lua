-- A token as PUC's messages show it behind `near`. Mirror of compiler/src/lex/near.rs.

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
local function near_byte(value)
  if value >= 32 and value < 127 then
    return "'" .. string.char(value) .. "'"
  end
  return "'<\\" .. value .. ">'"
end

-- The words behind `near` for token `index`: quoted text, or `<eof>` without quotes. A string shows its
-- *contents* between its delimiters, and everything is cut at the first zero byte, as C prints it.
local function near(tokens, index, source)
  local kind = tokens.kinds[index]
  if kind == "<eof>" then
    return kind
  elseif kind == "<other>" then
    return near_byte(tokens.values[index])
  end
  local text = sub(source.text, tokens.starts[index] + 1, tokens.stops[index])
  if kind == "<string>" then
    text = string_text(text, tokens.values[index])
  end
  return quote(text)
end

-- `text` with ` near <token>` behind it. A zero byte is no token to PUC: nothing is said about it.
local function message_near(tokens, text, index, source)
  if tokens.kinds[index] == "<other>" and tokens.values[index] == 0 then
    return text
  end
  return text .. " near " .. near(tokens, index, source)
end

-- What a message shows of `kind` as an *expected* token: `'end'`, `<name>`.
local function expected(kind)
  if find(kind, "^<%a") then
    return kind
  end
  return "'" .. kind .. "'"
end

return { quote = quote, near = near, message_near = message_near, expected = expected }

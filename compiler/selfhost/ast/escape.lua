-- Bytes and floats as the dumps write them, which is as Rust writes them (`escape_ascii`, `{:?}`).

local ESCAPES <const> = {
  ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r", ["\\"] = "\\\\", ['"'] = '\\"', ["'"] = "\\'",
}

-- The escape of a byte that cannot represent itself.
local function escape_byte(c)
  return ESCAPES[c] or ("\\x%02x"):format(c:byte())
end

-- A byte string in printable ASCII.
local function ascii(text)
  return (text:gsub("[^ !#-&(-[^-~%]]", escape_byte))
end

-- The shortest decimal digits (without their dot) that read back as `value`, a positive number, and
-- the power of ten of the first of them.
local function shortest(value)
  for precision = 0, 16 do
    local text = ("%." .. precision .. "e"):format(value)
    if tonumber(text) == value then
      local first, rest, exponent = text:match("^(%d)%.?(%d*)e([+-]%d+)$")
      local digits = first .. rest
      -- Halfway between two of that length Rust takes the larger one, `format` the even one.
      local exact = ("%.60e"):format(value):gsub("%.", "")
      if exact:find("^50*e", precision + 2) then
        digits = ("%d"):format(tonumber(exact:sub(1, precision + 1)) + 1)
      end
      return (digits:gsub("0+$", "")), tonumber(exponent)
    end
  end
end

-- A float: the shortest digits that read back, with an exponent when it is very large or very small.
local function float(value)
  if value ~= value then
    return "NaN"
  elseif value == math.huge or value == -math.huge then
    return value > 0 and "inf" or "-inf"
  elseif value == 0 then
    return 1 / value < 0 and "-0.0" or "0.0"
  end
  local sign = value < 0 and "-" or ""
  local digits, exponent = shortest(math.abs(value))
  if exponent >= 16 or exponent < -4 then
    local rest = digits:sub(2)
    return sign .. digits:sub(1, 1) .. (rest ~= "" and "." .. rest or "") .. "e" .. exponent
  elseif exponent < 0 then
    return sign .. "0." .. ("0"):rep(-exponent - 1) .. digits
  elseif #digits <= exponent + 1 then
    return sign .. digits .. ("0"):rep(exponent + 1 - #digits) .. ".0"
  end
  return sign .. digits:sub(1, exponent + 1) .. "." .. digits:sub(exponent + 2)
end

return {ascii = ascii, float = float}

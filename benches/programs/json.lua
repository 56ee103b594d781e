-- A JSON encoder and decoder on records of every kind of value.
local escapes = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r",
  ["\t"] = "\\t",
}
local unescapes = {
  b = "\b",
  f = "\f",
  n = "\n",
  r = "\r",
  t = "\t",
  ['"'] = '"',
  ["\\"] = "\\",
  ["/"] = "/",
}

local encode
local function quote(s)
  return '"'
    .. s:gsub('[%c"\\]', function(c)
      return escapes[c] or string.format("\\u%04x", c:byte())
    end)
    .. '"'
end
local function encode_table(t, out)
  if #t > 0 or next(t) == nil then
    out[#out + 1] = "["
    for i = 1, #t do
      if i > 1 then out[#out + 1] = "," end
      encode(t[i], out)
    end
    out[#out + 1] = "]"
  else
    local keys = {}
    for k in pairs(t) do keys[#keys + 1] = k end
    table.sort(keys)
    out[#out + 1] = "{"
    for i, k in ipairs(keys) do
      if i > 1 then out[#out + 1] = "," end
      out[#out + 1] = quote(k)
      out[#out + 1] = ":"
      encode(t[k], out)
    end
    out[#out + 1] = "}"
  end
end
function encode(v, out)
  local kind = type(v)
  if kind == "table" then
    encode_table(v, out)
  elseif kind == "string" then
    out[#out + 1] = quote(v)
  elseif kind == "number" then
    out[#out + 1] = string.format("%.14g", v)
  else
    out[#out + 1] = tostring(v)
  end
end

local decode_value
local function skip(s, i) return s:find("%S", i) or #s + 1 end
local function decode_string(s, i)
  local parts, from = {}, i + 1
  while true do
    local at = s:find('["\\]', from)
    if not at then error("unfinished string at " .. i) end
    parts[#parts + 1] = s:sub(from, at - 1)
    if s:sub(at, at) == '"' then return table.concat(parts), at + 1 end
    local c = s:sub(at + 1, at + 1)
    if c == "u" then
      parts[#parts + 1] = string.char(tonumber(s:sub(at + 2, at + 5), 16))
      from = at + 6
    else
      parts[#parts + 1] = unescapes[c]
      from = at + 2
    end
  end
end
local function decode_array(s, i)
  local list, n = {}, 0
  i = skip(s, i + 1)
  if s:sub(i, i) == "]" then return list, i + 1 end
  while true do
    n = n + 1
    list[n], i = decode_value(s, i)
    i = skip(s, i)
    local c = s:sub(i, i)
    if c == "]" then return list, i + 1 end
    if c ~= "," then error("expected , or ] at " .. i) end
    i = skip(s, i + 1)
  end
end
local function decode_object(s, i)
  local object = {}
  i = skip(s, i + 1)
  if s:sub(i, i) == "}" then return object, i + 1 end
  while true do
    local key
    key, i = decode_string(s, i)
    i = skip(s, i)
    if s:sub(i, i) ~= ":" then error("expected : at " .. i) end
    object[key], i = decode_value(s, skip(s, i + 1))
    i = skip(s, i)
    local c = s:sub(i, i)
    if c == "}" then return object, i + 1 end
    if c ~= "," then error("expected , or } at " .. i) end
    i = skip(s, i + 1)
  end
end
function decode_value(s, i)
  local c = s:sub(i, i)
  if c == "{" then return decode_object(s, i) end
  if c == "[" then return decode_array(s, i) end
  if c == '"' then return decode_string(s, i) end
  local word = s:match("^%a+", i)
  if word == "true" then return true, i + 4 end
  if word == "false" then return false, i + 5 end
  if word == "null" then return nil, i + 4 end
  local number = s:match("^-?%d+%.?%d*[eE]?[+-]?%d*", i)
  if not number then error("unexpected character at " .. i) end
  return tonumber(number), i + #number
end

local records = {}
for i = 1, 400 do
  records[i] = {
    id = i,
    name = 'record "' .. i .. '"\n',
    ratio = i / 7,
    active = i % 3 == 0,
    tags = {"a" .. i % 10, "b\t" .. i % 7, "\1c"},
    nested = {x = {y = {z = -i}}, list = {}},
  }
end
local size, sum = 0, 0
for _ = 1, 24 do
  local out = {}
  encode(records, out)
  local text = table.concat(out)
  local back = decode_value(text, 1)
  size = size + #text
  for i = 1, #back do
    sum = sum + back[i].id - back[i].nested.x.y.z + #back[i].name + #back[i].tags[3]
  end
  local again = {}
  encode(back, again)
  assert(#table.concat(again) == #text)
end
print(string.format("%d bytes, checksum %d", size, sum))

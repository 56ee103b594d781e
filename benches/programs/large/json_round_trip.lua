-- A big document of records, written as JSON, read back, compared, changed, queried and written
-- again, compact and indented.

local byte, char, sub, find, format =
  string.byte, string.char, string.sub, string.find, string.format
local gsub, concat, floor = string.gsub, table.concat, math.floor

---------------------------------------------------------------------------------------------------
-- The document

local seed = 4711
local function random(n)
  seed = (seed * 48271) % 2147483647
  return seed % n + 1
end

local syllables = {
  "ka", "lo", "mi", "ren", "tas", "vor", "el", "un", "shi", "dra", 'qu"o', "t\\e", "\n", "\195\164",
  "\226\130\172", "zz",
}

local function name()
  local parts = {}
  for i = 1, random(4) + 1 do
    parts[i] = syllables[random(#syllables)]
  end
  return concat(parts)
end

local null = setmetatable({}, {__tostring = function() return "null" end})

local function person(id, depth)
  local record = {
    id = id,
    name = name(),
    active = random(3) > 1,
    score = random(100000) / 8,
    email = name() .. "@example.org",
    tags = {},
    address = {
      street = name(),
      number = random(300),
      city = name(),
      position = {lat = random(11520) / 64 - 90, lon = random(23040) / 64 - 180},
    },
    note = random(5) == 1 and null or name() .. " " .. name() .. " " .. name(),
  }
  for i = 1, random(6) - 1 do
    record.tags[i] = name()
  end
  if depth < 3 and random(2) == 1 then
    record.friends = {}
    for i = 1, random(4) do
      record.friends[i] = person(id * 10 + i, depth + 1)
    end
  end
  return record
end

---------------------------------------------------------------------------------------------------
-- Writing

local escape = {['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t"}
for i = 0, 31 do
  escape[char(i)] = escape[char(i)] or format("\\u%04x", i)
end

local function quote(text)
  return '"' .. gsub(text, '[%c"\\]', escape) .. '"'
end

local Writer = {}
Writer.__index = Writer

function Writer.new(indent)
  return setmetatable({parts = {}, n = 0, indent = indent, level = 0}, Writer)
end

function Writer:put(text)
  local n = self.n + 1
  self.n = n
  self.parts[n] = text
end

function Writer:line()
  if self.indent then
    self:put("\n" .. self.indent:rep(self.level))
  end
end

local function sorted_keys(object)
  local keys = {}
  for key in pairs(object) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

function Writer:list(value)
  if #value == 0 then
    return self:put("[]")
  end
  self:put("[")
  self.level = self.level + 1
  for i, item in ipairs(value) do
    if i > 1 then
      self:put(",")
    end
    self:line()
    self:value(item)
  end
  self.level = self.level - 1
  self:line()
  self:put("]")
end

function Writer:object(value)
  self:put("{")
  self.level = self.level + 1
  for i, key in ipairs(sorted_keys(value)) do
    if i > 1 then
      self:put(",")
    end
    self:line()
    self:put(quote(key))
    self:put(self.indent and ": " or ":")
    self:value(value[key])
  end
  self.level = self.level - 1
  self:line()
  self:put("}")
end

function Writer:value(value)
  local kind = type(value)
  if value == null then
    self:put("null")
  elseif kind == "string" then
    self:put(quote(value))
  elseif kind == "number" then
    self:put(value == floor(value) and format("%d", value) or format("%.14g", value))
  elseif kind == "boolean" then
    self:put(value and "true" or "false")
  elseif kind == "table" then
    if value[1] ~= nil or next(value) == nil then
      self:list(value)
    else
      self:object(value)
    end
  else
    error("cannot write a " .. kind)
  end
end

local function write(value, indent)
  local writer = Writer.new(indent)
  writer:value(value)
  return concat(writer.parts)
end

---------------------------------------------------------------------------------------------------
-- Reading

local read_value

local function fail(text, at, message)
  local line = 1
  for _ in sub(text, 1, at):gmatch("\n") do
    line = line + 1
  end
  error(format("line %d: %s", line, message), 0)
end

local function skip(text, at)
  return find(text, "[^ \t\r\n]", at) or #text + 1
end

local unescape = {
  ['"'] = '"',
  ["\\"] = "\\",
  ["/"] = "/",
  n = "\n",
  r = "\r",
  t = "\t",
  b = "\b",
  f = "\f",
}

local function utf8_char(code)
  if code < 0x80 then
    return char(code)
  elseif code < 0x800 then
    return char(0xC0 + floor(code / 64), 0x80 + code % 64)
  end
  return char(0xE0 + floor(code / 4096), 0x80 + floor(code / 64) % 64, 0x80 + code % 64)
end

local function read_string(text, at)
  local stop = find(text, '["\\]', at + 1)
  if stop and byte(text, stop) == 34 then
    return sub(text, at + 1, stop - 1), stop + 1
  end
  local parts, from = {}, at + 1
  while stop do
    parts[#parts + 1] = sub(text, from, stop - 1)
    if byte(text, stop) == 34 then
      return concat(parts), stop + 1
    end
    local letter = sub(text, stop + 1, stop + 1)
    if letter == "u" then
      parts[#parts + 1] = utf8_char(tonumber(sub(text, stop + 2, stop + 5), 16))
      from = stop + 6
    else
      parts[#parts + 1] = unescape[letter] or fail(text, stop, "bad escape")
      from = stop + 2
    end
    stop = find(text, '["\\]', from)
  end
  fail(text, at, "unfinished string")
end

local function read_number(text, at)
  local _, last = find(text, "^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  local value = last and tonumber(sub(text, at, last))
  if not value then
    fail(text, at, "a value expected")
  end
  return value, last + 1
end

local function read_list(text, at)
  local list, n = {}, 0
  at = skip(text, at + 1)
  if byte(text, at) == 93 then
    return list, at + 1
  end
  while true do
    n = n + 1
    list[n], at = read_value(text, at)
    at = skip(text, at)
    local c = byte(text, at)
    if c == 93 then
      return list, at + 1
    elseif c ~= 44 then
      fail(text, at, "',' or ']' expected")
    end
    at = skip(text, at + 1)
  end
end

local function read_object(text, at)
  local object, key = {}, nil
  at = skip(text, at + 1)
  if byte(text, at) == 125 then
    return object, at + 1
  end
  while true do
    if byte(text, at) ~= 34 then
      fail(text, at, "a key expected")
    end
    key, at = read_string(text, at)
    at = skip(text, at)
    if byte(text, at) ~= 58 then
      fail(text, at, "':' expected")
    end
    object[key], at = read_value(text, skip(text, at + 1))
    at = skip(text, at)
    local c = byte(text, at)
    if c == 125 then
      return object, at + 1
    elseif c ~= 44 then
      fail(text, at, "',' or '}' expected")
    end
    at = skip(text, at + 1)
  end
end

local words = {{"true", true}, {"false", false}, {"null", null}}

local function read_word(text, at)
  for _, word in ipairs(words) do
    if sub(text, at, at + #word[1] - 1) == word[1] then
      return word[2], at + #word[1]
    end
  end
  fail(text, at, "a value expected")
end

local readers = {
  [34] = read_string,
  [123] = read_object,
  [91] = read_list,
  [116] = read_word,
  [102] = read_word,
  [110] = read_word,
}

function read_value(text, at)
  return (readers[byte(text, at)] or read_number)(text, at)
end

local function read(text)
  local value, at = read_value(text, skip(text, 1))
  if skip(text, at) <= #text then
    fail(text, at, "end expected")
  end
  return value
end

---------------------------------------------------------------------------------------------------

local function same(a, b)
  if a == b then
    return true
  elseif type(a) ~= "table" or type(b) ~= "table" then
    return false
  end
  for key, value in pairs(a) do
    if not same(value, b[key]) then
      return false
    end
  end
  for key in pairs(b) do
    if a[key] == nil then
      return false
    end
  end
  return true
end

local function each_person(list, visit)
  for _, record in ipairs(list) do
    visit(record)
    if record.friends then
      each_person(record.friends, visit)
    end
  end
end

local function checksum(text)
  local a, b = 1, 0
  for i = 1, #text, 7 do
    a = (a + byte(text, i)) % 65521
    b = (b + a) % 65521
  end
  return b * 65536 + a
end

local people = {}
for i = 1, 700 do
  people[i] = person(i, 1)
end
local document = {version = 3, kind = "people", people = people, empty = {}}

for round = 1, 2 do
  local text = write(document)
  local copy = read(text)
  assert(same(document, copy))
  local pretty = write(copy, "  ")
  assert(write(read(pretty)) == text)
  local count, active, total = 0, 0, 0
  each_person(copy.people, function(record)
    count = count + 1
    if record.active then
      active = active + 1
      total = total + record.score
    end
    record.tags[#record.tags + 1] = "round " .. round
    record.address.number = record.address.number + 1
  end)
  document = copy
  print(
    format(
      "%d bytes, %d indented, %d people, %d active, %.3f, %d",
      #text,
      #pretty,
      count,
      active,
      total,
      checksum(text)
    )
  )
end
local ok, message = pcall(read, '{"a": [1, 2,\n tru]}')
print(ok, message)

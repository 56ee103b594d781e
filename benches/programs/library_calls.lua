-- The library as scripts use it: formatting and parsing numbers, splitting and joining, replacing
-- by functions and tables, sorting names, bytes and characters.

local function split(text, separator)
  local parts, from = {}, 1
  while true do
    local a, b = text:find(separator, from, true)
    if not a then
      parts[#parts + 1] = text:sub(from)
      return parts
    end
    parts[#parts + 1] = text:sub(from, a - 1)
    from = b + 1
  end
end

local function records(n)
  local lines = {}
  for i = 1, n do
    lines[i] = string.format("%05d;%-8s;%8.3f;%x", i, "name" .. i % 97, i / 7, i * 31)
  end
  return lines
end

local function totals(lines)
  local sums, names = {}, {}
  for _, line in ipairs(lines) do
    local fields = split(line, ";")
    local name = fields[2]:match("^%s*(.-)%s*$")
    if not sums[name] then
      sums[name] = 0
      names[#names + 1] = name
    end
    sums[name] = sums[name] + tonumber(fields[3]) + tonumber(fields[4], 16) % 16
  end
  table.sort(names)
  local out = {}
  for _, name in ipairs(names) do
    out[#out + 1] = name .. "=" .. string.format("%.2f", sums[name])
  end
  return table.concat(out, ",")
end

local function rotate(text, by)
  local out = {}
  for i = 1, #text do
    local b = text:byte(i)
    if b >= 97 and b <= 122 then b = (b - 97 + by) % 26 + 97 end
    out[i] = string.char(b)
  end
  return table.concat(out)
end

local function expand(text, values)
  text = text:gsub("%$(%w+)", values)
  return (text:gsub("%{(%w+):(%w+)%}", function(how, word)
    if how == "upper" then return word:upper() end
    if how == "back" then return word:reverse() end
  end))
end

local lines = records(12000)
local all = table.concat(lines, "\n")
print(#all, #totals(lines))

local template = "Dear $name, {upper:hello} and {back:olleh}, {other:word} costs $price. "
local length = 0
for i = 1, 3000 do
  length = length + #expand(template, {name = "N" .. i, price = tostring(i * 3)})
end
print(length)

local word = rotate(("the quick brown fox jumps over the lazy dog "):rep(100), 3)
for _ = 1, 25 do word = rotate(word, 1) end
print(word:sub(1, 20), #word)

local seen, count = {}, 0
for number in all:gmatch("%d+%.%d+") do
  local key = number:sub(-2)
  seen[key] = (seen[key] or 0) + 1
end
for _, n in pairs(seen) do count = count + n end
print(count)

-- Compression: LZW with a string dictionary and LZ77 with hash chains, both ways.
local seed = 99
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end
local vocabulary = {}
for i = 1, 200 do
  local letters = {}
  for j = 1, random(7) + 1 do letters[j] = string.char(96 + random(26)) end
  vocabulary[i] = table.concat(letters)
end
local words = {}
for i = 1, 14000 do words[i] = vocabulary[math.min(random(200), random(200))] end
local text = table.concat(words, " ")

local function lzw_encode(s)
  local dict, size = {}, 256
  for i = 0, 255 do dict[string.char(i)] = i end
  local out, n, w = {}, 0, ""
  for i = 1, #s do
    local c = s:sub(i, i)
    local wc = w .. c
    if dict[wc] then
      w = wc
    else
      n = n + 1
      out[n] = dict[w]
      dict[wc] = size
      size = size + 1
      w = c
    end
  end
  if w ~= "" then out[n + 1] = dict[w] end
  return out
end
local function lzw_decode(codes)
  local dict, size = {}, 256
  for i = 0, 255 do dict[i] = string.char(i) end
  local w = dict[codes[1]]
  local out = {w}
  for i = 2, #codes do
    local entry = dict[codes[i]] or w .. w:sub(1, 1)
    out[i] = entry
    dict[size] = w .. entry:sub(1, 1)
    size = size + 1
    w = entry
  end
  return table.concat(out)
end

local function lz77_encode(s)
  local head, prev, out = {}, {}, {}
  local bytes = {s:byte(1, 4000)}
  for from = 4001, #s, 4000 do
    local piece = {s:byte(from, from + 3999)}
    for k = 1, #piece do bytes[from + k - 1] = piece[k] end
  end
  local i, n, len = 1, 0, #s
  while i <= len do
    local best, at = 0, 0
    if i + 2 <= len then
      local h = bytes[i] * 65536 + bytes[i + 1] * 256 + bytes[i + 2]
      local j, tries = head[h], 8
      while j and tries > 0 do
        local k = 3
        while k < 255 and bytes[j + k] == bytes[i + k] and i + k <= len do k = k + 1 end
        if k > best then best, at = k, j end
        j, tries = prev[j], tries - 1
      end
    end
    local step = best >= 3 and best or 1
    n = n + 1
    out[n] = best >= 3 and {i - at, best} or bytes[i]
    for k = i, math.min(i + step - 1, len - 2) do
      local h = bytes[k] * 65536 + bytes[k + 1] * 256 + bytes[k + 2]
      prev[k] = head[h]
      head[h] = k
    end
    i = i + step
  end
  return out
end
local function lz77_decode(codes)
  local out, n = {}, 0
  for i = 1, #codes do
    local code = codes[i]
    if type(code) == "table" then
      local back, count = code[1], code[2]
      for _ = 1, count do
        n = n + 1
        out[n] = out[n - back]
      end
    else
      n = n + 1
      out[n] = string.char(code)
    end
  end
  return table.concat(out)
end

local sum = 0
for _ = 1, 14 do
  local a = lzw_encode(text)
  assert(lzw_decode(a) == text)
  local b = lz77_encode(text)
  assert(lz77_decode(b) == text)
  sum = sum + #a + #b
end
print(string.format("%d bytes, %d codes", #text, sum))

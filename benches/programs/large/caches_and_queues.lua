-- Containers at work: a least-recently-used cache in front of a slow function, a binary heap and a
-- pairing heap under shortest paths, a trie, a skip list, a ring buffer and a union of sets.

local format, floor, huge = string.format, math.floor, math.huge

local seed = 271828
local function random(n)
  seed = (seed * 48271) % 2147483647
  return seed % n + 1
end

---------------------------------------------------------------------------------------------------
-- The cache: a table for finding, a doubly linked list for the order.

local Cache = {}
Cache.__index = Cache

function Cache.new(limit, compute)
  local head = {}
  head.before, head.after = head, head
  return setmetatable({
    limit = limit,
    compute = compute,
    entries = {},
    head = head,
    size = 0,
    hits = 0,
    misses = 0,
  }, Cache)
end

local function unlink(entry)
  entry.before.after = entry.after
  entry.after.before = entry.before
end

local function link_after(head, entry)
  entry.before, entry.after = head, head.after
  head.after.before = entry
  head.after = entry
end

function Cache:get(key)
  local entry = self.entries[key]
  if entry then
    self.hits = self.hits + 1
    unlink(entry)
    link_after(self.head, entry)
    return entry.value
  end
  self.misses = self.misses + 1
  if self.size == self.limit then
    local oldest = self.head.before
    unlink(oldest)
    self.entries[oldest.key] = nil
  else
    self.size = self.size + 1
  end
  entry = {key = key, value = self.compute(key)}
  self.entries[key] = entry
  link_after(self.head, entry)
  return entry.value
end

local function test_cache()
  local cache = Cache.new(1000, function(key) return #key * 3 + key:byte(-1) end)
  local sum = 0
  for _ = 1, 150000 do
    local near = random(10) > 2
    sum = sum + cache:get("key-" .. (near and random(900) or random(20000)))
  end
  return format("cache: %d hits, %d misses, sum %d", cache.hits, cache.misses, sum)
end

---------------------------------------------------------------------------------------------------
-- Two priority queues with one interface

local BinaryHeap = {}
BinaryHeap.__index = BinaryHeap

function BinaryHeap.new()
  return setmetatable({n = 0, keys = {}, values = {}}, BinaryHeap)
end

function BinaryHeap:push(key, value)
  local keys, values = self.keys, self.values
  local i = self.n + 1
  self.n = i
  while i > 1 do
    local up = floor(i / 2)
    if keys[up] <= key then
      break
    end
    keys[i], values[i] = keys[up], values[up]
    i = up
  end
  keys[i], values[i] = key, value
end

function BinaryHeap:pop()
  local keys, values, n = self.keys, self.values, self.n
  if n == 0 then
    return nil
  end
  local key, value = keys[1], values[1]
  local last_key, last_value = keys[n], values[n]
  keys[n], values[n] = nil, nil
  n = n - 1
  self.n = n
  if n > 0 then
    local i = 1
    while true do
      local child = i * 2
      if child > n then
        break
      end
      if child < n and keys[child + 1] < keys[child] then
        child = child + 1
      end
      if keys[child] >= last_key then
        break
      end
      keys[i], values[i] = keys[child], values[child]
      i = child
    end
    keys[i], values[i] = last_key, last_value
  end
  return key, value
end

local PairingHeap = {}
PairingHeap.__index = PairingHeap

function PairingHeap.new()
  return setmetatable({root = nil}, PairingHeap)
end

local function meld(a, b)
  if not a then return b end
  if not b then return a end
  if b.key < a.key then
    a, b = b, a
  end
  b.sibling = a.child
  a.child = b
  return a
end

function PairingHeap:push(key, value)
  self.root = meld(self.root, {key = key, value = value, child = nil, sibling = nil})
end

function PairingHeap:pop()
  local root = self.root
  if not root then
    return nil
  end
  local pairs_list, n, node = {}, 0, root.child
  while node do
    local second = node.sibling
    local rest = second and second.sibling
    node.sibling = nil
    if second then
      second.sibling = nil
    end
    n = n + 1
    pairs_list[n] = meld(node, second)
    node = rest
  end
  local merged
  for i = n, 1, -1 do
    merged = meld(merged, pairs_list[i])
  end
  self.root = merged
  return root.key, root.value
end

---------------------------------------------------------------------------------------------------
-- Shortest paths on a grid with random weights and some shortcuts

local function make_graph(width, height)
  local n = width * height
  local edges = {}
  for i = 1, n do
    edges[i] = {}
  end
  local function connect(a, b, weight)
    local from, to = edges[a], edges[b]
    from[#from + 1] = {to = b, weight = weight}
    to[#to + 1] = {to = a, weight = weight}
  end
  for y = 0, height - 1 do
    for x = 1, width do
      local at = y * width + x
      if x < width then connect(at, at + 1, random(100)) end
      if y < height - 1 then connect(at, at + width, random(100)) end
      if random(20) == 1 then connect(at, random(n), random(400)) end
    end
  end
  return edges
end

local function shortest(edges, from, queue)
  local distance, done, reached, farthest = {}, {}, 0, 0
  for i = 1, #edges do
    distance[i] = huge
  end
  distance[from] = 0
  queue:push(0, from)
  while true do
    local far, at = queue:pop()
    if not far then
      break
    end
    if not done[at] then
      done[at] = true
      reached = reached + 1
      farthest = far
      for _, edge in ipairs(edges[at]) do
        local there = far + edge.weight
        if there < distance[edge.to] then
          distance[edge.to] = there
          queue:push(there, edge.to)
        end
      end
    end
  end
  return reached, farthest
end

local function test_paths()
  local edges = make_graph(90, 80)
  local reached, farthest = 0, 0
  for i = 1, 4 do
    local a, b = shortest(edges, i * 17, BinaryHeap.new())
    local c, d = shortest(edges, i * 17, PairingHeap.new())
    assert(a == c and b == d)
    reached, farthest = reached + a, farthest + b
  end
  return format("paths: %d reached, farthest %d", reached, farthest)
end

---------------------------------------------------------------------------------------------------
-- A trie of words

local Trie = {}
Trie.__index = Trie

function Trie.new()
  return setmetatable({children = {}, count = 0}, Trie)
end

function Trie:insert(word)
  local node = self
  for i = 1, #word do
    local letter = word:sub(i, i)
    local child = node.children[letter]
    if not child then
      child = Trie.new()
      node.children[letter] = child
    end
    node = child
  end
  node.count = node.count + 1
end

function Trie:with_prefix(prefix)
  local node = self
  for letter in prefix:gmatch(".") do
    node = node.children[letter]
    if not node then
      return 0
    end
  end
  local function count(n)
    local sum = n.count
    for _, child in pairs(n.children) do
      sum = sum + count(child)
    end
    return sum
  end
  return count(node)
end

local function test_trie()
  local trie = Trie.new()
  local letters = {}
  for _ = 1, 20000 do
    local n = random(6) + 1
    for i = 1, n do
      letters[i] = string.char(96 + random(8))
    end
    trie:insert(table.concat(letters, "", 1, n))
  end
  return format(
    "trie: %d, %d, %d",
    trie:with_prefix(""),
    trie:with_prefix("ab"),
    trie:with_prefix("hgf")
  )
end

---------------------------------------------------------------------------------------------------
-- A skip list as an ordered map

local LEVELS = 14
local SkipList = {}
SkipList.__index = SkipList

function SkipList.new()
  return setmetatable({head = {key = -huge}, size = 0}, SkipList)
end

function SkipList:path(key)
  local path, node = {}, self.head
  for level = LEVELS, 1, -1 do
    local after = node[level]
    while after and after.key < key do
      node = after
      after = node[level]
    end
    path[level] = node
  end
  return path
end

function SkipList:set(key, value)
  local path = self:path(key)
  local found = path[1][1]
  if found and found.key == key then
    found.value = value
    return
  end
  local node, level = {key = key, value = value}, 1
  repeat
    node[level] = path[level][level]
    path[level][level] = node
    level = level + 1
  until level > LEVELS or random(4) > 1
  self.size = self.size + 1
end

function SkipList:remove(key)
  local path = self:path(key)
  local node = path[1][1]
  if not node or node.key ~= key then
    return false
  end
  for level = 1, LEVELS do
    if path[level][level] == node then
      path[level][level] = node[level]
    end
  end
  self.size = self.size - 1
  return true
end

local function test_skip_list()
  local list = SkipList.new()
  local removed = 0
  for i = 1, 16000 do
    list:set(random(30000), i)
    if i % 3 == 0 and list:remove(random(30000)) then
      removed = removed + 1
    end
  end
  local sum, node, last = 0, list.head[1], -1
  while node do
    assert(node.key > last)
    last = node.key
    sum = (sum + node.key * node.value) % 16777213
    node = node[1]
  end
  return format("skip list: %d left, %d removed, sum %d", list.size, removed, sum)
end

---------------------------------------------------------------------------------------------------
-- A ring buffer, sets of numbers, and the table library's own insert and remove

local Ring = {}
Ring.__index = Ring

function Ring.new(size)
  return setmetatable({size = size, first = 0, count = 0}, Ring)
end

function Ring:push(value)
  if self.count == self.size then
    self.first = (self.first + 1) % self.size
    self.count = self.count - 1
  end
  self[(self.first + self.count) % self.size + 1] = value
  self.count = self.count + 1
end

function Ring:pop()
  if self.count > 0 then
    local value = self[self.first + 1]
    self.first = (self.first + 1) % self.size
    self.count = self.count - 1
    return value
  end
end

local function test_rest()
  local ring, sum = Ring.new(500), 0
  for i = 1, 120000 do
    ring:push(i)
    if i % 3 == 0 then
      sum = sum + ring:pop() % 1000
    end
  end
  local list = {}
  for i = 1, 6000 do
    table.insert(list, random(#list + 1), i)
    if i % 4 == 0 then
      sum = sum + table.remove(list, random(#list))
    end
  end
  local set, union = {}, 0
  for i = 1, 60000 do
    local key = random(50000)
    if set[key] then
      set[key] = nil
    else
      set[key] = i
    end
  end
  for _ in pairs(set) do
    union = union + 1
  end
  return format("rest: sum %d, %d in the list, %d in the set", sum, #list, union)
end

for _, test in ipairs {test_cache, test_paths, test_trie, test_skip_list, test_rest} do
  print(test())
end

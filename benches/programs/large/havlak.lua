-- Havlak's algorithm: the nesting of loops, reducible or not, of control flow graphs that are
-- built here: towers of nested loops, sequences, and some jumps into the middle of loops.

local format = string.format

---------------------------------------------------------------------------------------------------
-- Control flow graphs

local Block = {}
Block.__index = Block

local Graph = {}
Graph.__index = Graph

function Graph.new()
  return setmetatable({blocks = {}, edges = 0}, Graph)
end

function Graph:block()
  local block = setmetatable({name = #self.blocks + 1, preds = {}, succs = {}}, Block)
  self.blocks[block.name] = block
  return block
end

function Block:link(graph, to)
  self.succs[#self.succs + 1] = to
  to.preds[#to.preds + 1] = self
  graph.edges = graph.edges + 1
  return to
end

-- A diamond below `from`; its last block.
function Graph:diamond(from)
  local left, right, join = self:block(), self:block(), self:block()
  from:link(self, left)
  from:link(self, right)
  left:link(self, join)
  right:link(self, join)
  return join
end

function Graph:line(from, n)
  for _ = 1, n do
    from = from:link(self, self:block())
  end
  return from
end

-- A loop whose body holds loops down to depth 0; the block after it.
function Graph:nest(from, depth, irregular)
  local head = from:link(self, self:block())
  local body = self:diamond(self:line(head, 2))
  if depth > 0 then
    body = self:nest(body, depth - 1, irregular)
    body = self:nest(self:line(body, 1), depth - 1, false)
  end
  local tail = self:line(body, 1)
  tail:link(self, head)
  if irregular then
    from:link(self, body)
  end
  return self:line(tail, 1)
end

---------------------------------------------------------------------------------------------------
-- Sets of nodes, united with path compression; one for each block.

local Node = {}
Node.__index = Node

function Node.new(block, number)
  local node = setmetatable({block = block, number = number, loop = nil, parent = nil}, Node)
  node.parent = node
  return node
end

function Node:find()
  local root = self
  while root.parent ~= root do
    root = root.parent
  end
  local node = self
  while node.parent ~= root do
    local up = node.parent
    node.parent = root
    node = up
  end
  return root
end

---------------------------------------------------------------------------------------------------
-- Loops

local Loop = {}
Loop.__index = Loop

function Loop.new(id, head, reducible)
  return setmetatable({
    id = id,
    head = head,
    reducible = reducible,
    parent = nil,
    children = {},
    blocks = {},
    level = 0,
    depth = 0,
  }, Loop)
end

function Loop:set_parent(parent)
  self.parent = parent
  parent.children[#parent.children + 1] = self
end

function Loop:measure(depth)
  self.depth = depth
  for _, child in ipairs(self.children) do
    child:measure(depth + 1)
    if child.level + 1 > self.level then
      self.level = child.level + 1
    end
  end
end

---------------------------------------------------------------------------------------------------
-- The finder

local Finder = {}
Finder.__index = Finder

function Finder.new(graph)
  return setmetatable({
    graph = graph,
    nodes = {},
    numbers = {},
    last = {},
    back = {},
    other = {},
    kinds = {},
    heads = {},
    loops = {},
  }, Finder)
end

-- Depth first search without recursion: numbers blocks in preorder, notes each one's last
-- descendant.
function Finder:number()
  local nodes, numbers, last = self.nodes, self.numbers, self.last
  local stack, positions, depth, count = {self.graph.blocks[1]}, {0}, 1, 1
  numbers[stack[1]] = 1
  nodes[1] = Node.new(stack[1], 1)
  while depth > 0 do
    local block, position = stack[depth], positions[depth] + 1
    local succ = block.succs[position]
    positions[depth] = position
    if not succ then
      last[numbers[block]] = count
      depth = depth - 1
    elseif not numbers[succ] then
      count = count + 1
      numbers[succ] = count
      nodes[count] = Node.new(succ, count)
      depth = depth + 1
      stack[depth], positions[depth] = succ, 0
    end
  end
  return count
end

function Finder:is_ancestor(a, b)
  return a <= b and b <= self.last[a]
end

-- Splits the incoming edges of each node in back edges and others.
function Finder:sort_edges(count)
  for w = 1, count do
    local back, other = {}, {}
    for _, pred in ipairs(self.nodes[w].block.preds) do
      local v = self.numbers[pred]
      if v then
        if self:is_ancestor(w, v) then
          back[#back + 1] = v
        else
          other[#other + 1] = v
        end
      end
    end
    self.back[w], self.other[w], self.kinds[w] = back, other, "plain"
    self.heads[w] = 1
  end
end

-- Collects what the loop headed by `w` is made of, from its back edges up.
function Finder:body(w)
  local pool, inside = {}, {}
  for _, v in ipairs(self.back[w]) do
    if v == w then
      self.kinds[w] = "self"
    else
      local root = self.nodes[v]:find()
      if not inside[root] then
        inside[root] = true
        pool[#pool + 1] = root
      end
    end
  end
  if #pool > 0 then
    self.kinds[w] = "reducible"
  end
  local next_one = 1
  while next_one <= #pool do
    local node = pool[next_one]
    next_one = next_one + 1
    for _, v in ipairs(self.other[node.number]) do
      local root = self.nodes[v]:find()
      if not self:is_ancestor(w, root.number) then
        self.kinds[w] = "irreducible"
        local others = self.other[w]
        others[#others + 1] = root.number
      elseif root.number ~= w and not inside[root] then
        inside[root] = true
        pool[#pool + 1] = root
      end
    end
  end
  return pool
end

function Finder:run()
  local count = self:number()
  self:sort_edges(count)
  for w = count, 1, -1 do
    local pool = self:body(w)
    local kind = self.kinds[w]
    if #pool > 0 or kind == "self" then
      local head = self.nodes[w]
      local loop = Loop.new(#self.loops + 1, head.block, kind ~= "irreducible")
      self.loops[loop.id] = loop
      head.loop = loop
      for _, node in ipairs(pool) do
        self.heads[node.number] = w
        node.parent = head
        if node.loop then
          node.loop:set_parent(loop)
        else
          loop.blocks[#loop.blocks + 1] = node.block
        end
      end
    end
  end
  return self.loops, count
end

---------------------------------------------------------------------------------------------------

local graph = Graph.new()
local at = graph:block()
for i = 1, 24 do
  at = graph:nest(graph:line(at, 2), 5, i % 4 == 0)
  at = graph:diamond(at)
end

local hash, irreducible, deepest, blocks
local loops
for _ = 1, 18 do
  local count
  loops, count = Finder.new(graph):run()
  hash, irreducible, deepest, blocks = count, 0, 0, 0
  for _, loop in ipairs(loops) do
    if not loop.parent then
      loop:measure(1)
    end
  end
  for _, loop in ipairs(loops) do
    if not loop.reducible then
      irreducible = irreducible + 1
    end
    if loop.depth > deepest then
      deepest = loop.depth
    end
    blocks = blocks + #loop.blocks
    hash = (hash * 31 + loop.head.name * 7 + loop.level * 3 + #loop.blocks) % 16777213
  end
end
print(
  format(
    "%d blocks, %d edges, %d loops, %d irreducible, depth %d, %d in loops, hash %d",
    #graph.blocks,
    graph.edges,
    #loops,
    irreducible,
    deepest,
    blocks,
    hash
  )
)

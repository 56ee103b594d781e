-- A text adventure that plays itself: rooms, things and creatures in a hierarchy of classes, a
-- parser for typed commands, a queue of events in time order, and a chronicle of what was said.

local format, concat = string.format, table.concat

local seed = 99
local function random(n)
  seed = (seed * 48271) % 2147483647
  return seed % n + 1
end

---------------------------------------------------------------------------------------------------
-- Classes: single inheritance, properties by functions in `get`, constructors called up the line.

local function class(name, base)
  local c = {name = name, base = base, get = setmetatable({}, {__index = base and base.get})}
  setmetatable(c, {
    __index = base,
    __call = function(self, ...)
      local object = setmetatable({}, self)
      object:init(...)
      return object
    end,
    __tostring = function() return name end,
  })
  c.__index = function(object, key)
    local getter = c.get[key]
    if getter then
      return getter(object)
    end
    return c[key]
  end
  c.__tostring = function(object) return object:describe() end
  c.__lt = function(a, b) return a.id < b.id end
  return c
end

local function is_a(object, wanted)
  local c = getmetatable(object)
  while c do
    if c == wanted then
      return true
    end
    c = c.base
  end
  return false
end

---------------------------------------------------------------------------------------------------
-- The chronicle

local Chronicle = class("Chronicle")

function Chronicle:init()
  self.lines, self.hash, self.count = {}, 1, 0
end

function Chronicle:say(text, ...)
  local line = select("#", ...) > 0 and format(text, ...) or text
  line = line:gsub("^%l", string.upper):gsub("%s+", " ")
  self.count = self.count + 1
  self.lines[self.count % 64 + 1] = line
  for i = 1, #line, 5 do
    self.hash = (self.hash * 31 + line:byte(i)) % 16777213
  end
end

local chronicle = Chronicle()

---------------------------------------------------------------------------------------------------
-- Things

local next_id = 0

local Thing = class("Thing")

function Thing:init(word, weight, value)
  next_id = next_id + 1
  self.id, self.word, self.own_weight, self.value = next_id, word, weight, value
  self.place = nil
end

function Thing.get:weight() return self.own_weight end
function Thing:describe() return "the " .. self.word end
function Thing:can_take() return true end

function Thing:move(to)
  if self.place then
    self.place:lose(self)
  end
  self.place = to
  if to then
    to:gain(self)
  end
end

function Thing:use(user)
  chronicle:say("%s turns %s about.", tostring(user), tostring(self))
end

local Holder = class("Holder", Thing)

function Holder:init(word, weight, value)
  Thing.init(self, word, weight, value)
  self.contents = {}
end

function Holder:gain(thing)
  self.contents[#self.contents + 1] = thing
end

function Holder:lose(thing)
  for i, other in ipairs(self.contents) do
    if other == thing then
      return table.remove(self.contents, i)
    end
  end
end

function Holder.get:weight()
  local sum = self.own_weight
  for _, thing in ipairs(self.contents) do
    sum = sum + thing.weight
  end
  return sum
end

function Holder:find(word, wanted)
  for _, thing in ipairs(self.contents) do
    if thing.word == word and (not wanted or is_a(thing, wanted)) then
      return thing
    end
  end
end

local Weapon = class("Weapon", Thing)

function Weapon:init(word, weight, value, damage)
  Thing.init(self, word, weight, value)
  self.damage = damage
end

function Weapon:use(user)
  user.wielded = self
  chronicle:say("%s wields %s.", tostring(user), tostring(self))
end

local Potion = class("Potion", Thing)

function Potion:init(word, weight, value, heal)
  Thing.init(self, word, weight, value)
  self.heal = heal
end

function Potion:use(user)
  user.health = math.min(user.most, user.health + self.heal)
  chronicle:say("%s drinks %s and feels better (%d).", tostring(user), tostring(self), user.health)
  self:move(nil)
end

local Bag = class("Bag", Holder)

function Bag:use(user)
  for i = #self.contents, 1, -1 do
    self.contents[i]:move(user)
  end
  chronicle:say("%s empties %s.", tostring(user), tostring(self))
end

---------------------------------------------------------------------------------------------------
-- Rooms

local Room = class("Room", Holder)
local opposite = {north = "south", south = "north", east = "west", west = "east"}

function Room:init(word)
  Holder.init(self, word, 0, 0)
  self.exits, self.dark = {}, random(5) == 1
end

function Room:connect(direction, room)
  self.exits[direction] = room
  room.exits[opposite[direction]] = self
end

function Room:look()
  local words = {}
  for i, thing in ipairs(self.contents) do
    words[i] = tostring(thing)
  end
  return self.dark and "It is dark."
    or format("In %s: %s.", tostring(self), #words > 0 and concat(words, ", ") or "nothing")
end

---------------------------------------------------------------------------------------------------
-- Events in order of time: a heap.

local Clock = class("Clock")

function Clock:init()
  self.now, self.heap, self.serial = 0, {}, 0
end

local function earlier(a, b)
  return a.time < b.time or a.time == b.time and a.serial < b.serial
end

function Clock:after(delay, action, who)
  local heap = self.heap
  self.serial = self.serial + 1
  local event = {time = self.now + delay, serial = self.serial, action = action, who = who}
  local i = #heap + 1
  while i > 1 do
    local up = (i - i % 2) / 2
    if not earlier(event, heap[up]) then
      break
    end
    heap[i] = heap[up]
    i = up
  end
  heap[i] = event
end

function Clock:next()
  local heap = self.heap
  local first, last = heap[1], table.remove(heap)
  local n = #heap
  if n > 0 then
    local i = 1
    while true do
      local child = 2 * i
      if child > n then
        break
      end
      if child < n and earlier(heap[child + 1], heap[child]) then
        child = child + 1
      end
      if not earlier(heap[child], last) then
        break
      end
      heap[i] = heap[child]
      i = child
    end
    heap[i] = last
  end
  if first then
    self.now = first.time
  end
  return first
end

local clock = Clock()

---------------------------------------------------------------------------------------------------
-- Creatures

local Creature = class("Creature", Holder)

function Creature:init(word, health, strength, speed)
  Holder.init(self, word, 40, 0)
  self.health, self.most, self.strength, self.speed = health, health, strength, speed
  self.score, self.wielded, self.deaths = 0, nil, 0
end

function Creature:can_take() return false end
function Creature.get:alive() return self.health > 0 end
function Creature.get:damage()
  return self.strength + (self.wielded and self.wielded.damage or 0)
end
function Creature.get:burden() return self.weight - self.own_weight end

function Creature:describe()
  return self.alive and "the " .. self.word or "the dead " .. self.word
end

function Creature:go(direction)
  local room = self.place.exits[direction]
  if not room then
    return chronicle:say("%s runs against a wall in the %s.", tostring(self), direction)
  end
  self:move(room)
  chronicle:say("%s goes %s to %s.", tostring(self), direction, tostring(room))
end

function Creature:take(thing)
  if not thing:can_take() then
    chronicle:say("%s cannot be taken.", tostring(thing))
  elseif self.burden + thing.weight > self.strength * 12 then
    chronicle:say("%s is too heavy for %s.", tostring(thing), tostring(self))
  else
    thing:move(self)
    self.score = self.score + thing.value
    chronicle:say("%s takes %s.", tostring(self), tostring(thing))
  end
end

function Creature:hit(other)
  local damage = self.damage + random(6) - 3
  other.health = other.health - damage
  chronicle:say("%s hits %s for %d.", tostring(self), tostring(other), damage)
  if not other.alive then
    self.score = self.score + 10
    other:die()
  else
    other:provoked(self)
  end
end

function Creature:provoked() end

function Creature:die()
  self.deaths = self.deaths + 1
  chronicle:say("%s falls.", tostring(self))
  for i = #self.contents, 1, -1 do
    self.contents[i]:move(self.place)
  end
  self.wielded = nil
  clock:after(20 + random(20), "revive", self)
end

function Creature:revive()
  self.health = self.most
  clock:after(self.speed, "act", self)
end

local directions = {"north", "east", "south", "west"}

function Creature:act()
  self:go(directions[random(4)])
end

local Goblin = class("Goblin", Creature)

function Goblin:act()
  for _, thing in ipairs(self.place.contents) do
    if thing:can_take() and random(2) == 1 then
      return self:take(thing)
    end
  end
  Creature.act(self)
end

function Goblin:provoked(by)
  if random(2) == 1 then
    self:go(directions[random(4)])
  else
    self:hit(by)
  end
end

local Troll = class("Troll", Creature)

function Troll:act()
  for _, thing in ipairs(self.place.contents) do
    if thing ~= self and is_a(thing, Creature) and thing.alive then
      return self:hit(thing)
    end
  end
  if random(3) == 1 then
    Creature.act(self)
  end
end

function Troll:provoked(by)
  self:hit(by)
end

---------------------------------------------------------------------------------------------------
-- The hero types commands, which are parsed as a player's would be.

local Hero = class("Hero", Creature)
local verbs = {}

function Hero:command(line)
  local verb, rest = line:lower():match("^%s*(%a+)%s*(.-)%s*$")
  local action = verbs[verb]
  if not action then
    return chronicle:say("What does '%s' mean?", line)
  end
  local words = {}
  for word in rest:gmatch("%a+") do
    if word ~= "the" and word ~= "with" then
      words[#words + 1] = word
    end
  end
  return action(self, words)
end

function verbs.go(self, words) self:go(words[1]) end
function verbs.look(self) chronicle:say(self.place:look()) end

function verbs.take(self, words)
  local thing = self.place:find(words[1])
  if thing then
    self:take(thing)
  else
    chronicle:say("There is no %s here.", words[1] or "such thing")
  end
end

function verbs.drop(self, words)
  local thing = self:find(words[1])
  if thing then
    thing:move(self.place)
    chronicle:say("%s drops %s.", tostring(self), tostring(thing))
  end
end

function verbs.use(self, words)
  local thing = self:find(words[1])
  if thing then
    thing:use(self)
  else
    chronicle:say("%s has no %s.", tostring(self), words[1])
  end
end

function verbs.hit(self, words)
  local creature = self.place:find(words[1], Creature)
  if creature and creature.alive and creature ~= self then
    self:hit(creature)
  end
end

function verbs.inventory(self)
  local words = {}
  for i, thing in ipairs(self.contents) do
    words[i] = format("%s (%d)", thing.word, thing.weight)
  end
  table.sort(words)
  chronicle:say("%s carries %s, weight %d.", tostring(self), concat(words, ", "), self.burden)
end

function Hero:act()
  for _, thing in ipairs(self.place.contents) do
    if thing ~= self then
      if is_a(thing, Creature) then
        if thing.alive and self.health > 15 then
          return self:command("hit the " .. thing.word .. " with the fist")
        end
      elseif self.burden < 60 then
        return self:command("Take the " .. thing.word)
      end
    end
  end
  local choice = random(6)
  local thing = self.contents[random(#self.contents + 1)]
  if choice == 1 then
    self:command("  look ")
  elseif choice == 2 then
    self:command("inventory")
  elseif choice == 3 and thing then
    self:command("use " .. thing.word)
  elseif choice == 4 and thing and #self.contents > 3 then
    self:command("drop the " .. thing.word)
  elseif random(50) == 1 then
    self:command("sing a song")
  else
    self:command("go " .. directions[random(4)])
  end
end

---------------------------------------------------------------------------------------------------
-- The world

local function build(width, height)
  local rooms = {}
  local kinds = {"cave", "hall", "kitchen", "library", "stair", "cellar"}
  for y = 1, height do
    for x = 1, width do
      local room = Room(format("%s %d-%d", kinds[random(#kinds)], x, y))
      rooms[#rooms + 1] = room
      if x > 1 then
        room:connect("west", rooms[#rooms - 1])
      end
      if y > 1 and random(4) > 1 then
        room:connect("north", rooms[#rooms - width])
      end
    end
  end
  return rooms
end

local rooms = build(12, 10)
local creatures = {}

local function settle(creature)
  creatures[#creatures + 1] = creature
  creature:move(rooms[random(#rooms)])
  clock:after(random(creature.speed), "act", creature)
end

for i = 1, 120 do
  local room = rooms[random(#rooms)]
  Thing(
    ("coin gem book lamp rope"):match("(%a+)%s*" .. ("%a+%s*"):rep(i % 5) .. "$"),
    random(4),
    random(20)
  ):move(room)
  if i % 3 == 0 then
    Weapon(i % 2 == 0 and "sword" or "axe", 5 + random(5), 15, 3 + random(6)):move(room)
  elseif i % 3 == 1 then
    Potion("potion", 1, 5, 20):move(room)
  else
    Bag("bag", 2, 1):move(room)
  end
end
for i = 1, 30 do
  settle(Goblin("goblin" .. string.char(96 + i % 26), 20, 4, 7))
  if i % 3 == 0 then
    settle(Troll("troll" .. string.char(96 + i % 26), 45, 9, 11))
  end
end
settle(Hero("knight", 120, 10, 3))
settle(Hero("thief", 70, 7, 2))

for _ = 1, 150000 do
  local event = clock:next()
  local who = event.who
  if event.action == "revive" then
    who:revive()
  elseif who.alive then
    who:act()
    if who.alive then
      clock:after(who.speed, "act", who)
    end
  end
end

table.sort(creatures, function(a, b)
  return a.score > b.score or a.score == b.score and a < b
end)
for i = 1, 3 do
  local c = creatures[i]
  print(format("%s: score %d, health %d, deaths %d", c.word, c.score, c.health, c.deaths))
end
print(format("time %d, %d lines, hash %d", clock.now, chronicle.count, chronicle.hash))

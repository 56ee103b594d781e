-- Classes made of metatables: method calls, inheritance, __index chains, operators.
local Shape = {}
Shape.__index = Shape
function Shape.new(class, name)
  return setmetatable({name = name, moves = 0, x = 0, y = 0}, class)
end
function Shape:move(dx, dy)
  self.x = self.x + dx
  self.y = self.y + dy
  self.moves = self.moves + 1
  return self
end
function Shape:area() return 0 end
function Shape:describe() return self:area() + self.moves end

local Rect = setmetatable({}, {__index = Shape})
Rect.__index = Rect
function Rect.new(w, h)
  local r = Shape.new(Rect, "rect")
  r.w, r.h = w, h
  return r
end
function Rect:area() return self.w * self.h end

local Square = setmetatable({}, {__index = Rect})
Square.__index = Square
function Square.new(side)
  local s = Rect.new(side, side)
  return setmetatable(s, Square)
end
function Square:describe() return Rect.describe(self) + 1 end

local Vec = {}
Vec.__index = Vec
local function vec(x, y) return setmetatable({x = x, y = y}, Vec) end
Vec.__add = function(a, b) return vec(a.x + b.x, a.y + b.y) end
Vec.__mul = function(a, k) return vec(a.x * k, a.y * k) end
Vec.__eq = function(a, b) return a.x == b.x and a.y == b.y end
Vec.__lt = function(a, b) return a.x * a.x + a.y * a.y < b.x * b.x + b.y * b.y end

local shapes = {Rect.new(3, 4), Square.new(5), Rect.new(1, 9), Square.new(2), Shape.new(Shape, "s")}
local total = 0
for i = 1, 2000000 do
  local s = shapes[i % 5 + 1]
  s:move(1, -1)
  total = (total + s:describe()) % 1000000007
end
local v, step, longer = vec(0, 0), vec(1, 2), 0
for i = 1, 300000 do
  v = v + step * (i % 3)
  if step < v then longer = longer + 1 end
  if v == step then longer = longer + 1000 end
end
print(string.format("checksum %d %d %d %d", total, v.x, v.y, longer))

-- A ray tracer with objects: vectors are tables with arithmetic metamethods, shapes and materials
-- are classes, light is traced through reflection and shadow; a grid of boxes bounds the spheres.

local sqrt, floor, huge, max, min = math.sqrt, math.floor, math.huge, math.max, math.min

---------------------------------------------------------------------------------------------------
-- Vectors

local Vector = {}
Vector.__index = Vector

local function vector(x, y, z)
  return setmetatable({x = x, y = y, z = z}, Vector)
end

function Vector.__add(a, b) return vector(a.x + b.x, a.y + b.y, a.z + b.z) end
function Vector.__sub(a, b) return vector(a.x - b.x, a.y - b.y, a.z - b.z) end
function Vector.__unm(a) return vector(-a.x, -a.y, -a.z) end

function Vector.__mul(a, b)
  if type(b) == "number" then
    return vector(a.x * b, a.y * b, a.z * b)
  end
  return vector(a.x * b.x, a.y * b.y, a.z * b.z)
end

function Vector:dot(b) return self.x * b.x + self.y * b.y + self.z * b.z end
function Vector:length() return sqrt(self:dot(self)) end
function Vector:unit() return self * (1 / self:length()) end

function Vector:cross(b)
  return vector(
    self.y * b.z - self.z * b.y,
    self.z * b.x - self.x * b.z,
    self.x * b.y - self.y * b.x
  )
end

function Vector:reflect(normal)
  return self - normal * (2 * self:dot(normal))
end

---------------------------------------------------------------------------------------------------
-- Shapes: each answers `hit(origin, direction)` with a distance, and `normal(point)`.

local Shape = {}
Shape.__index = Shape

function Shape:extend()
  local class = {}
  class.__index = class
  return setmetatable(class, {
    __index = self,
    __call = function(c, ...)
      local object = setmetatable({}, c)
      object:init(...)
      return object
    end,
  })
end

function Shape:color()
  return self.material.color
end

local Sphere = Shape:extend()

function Sphere:init(center, radius, material)
  self.center, self.radius, self.material = center, radius, material
  self.squared = radius * radius
end

function Sphere:hit(origin, direction)
  local to = self.center - origin
  local along = to:dot(direction)
  local beside = self.squared - (to:dot(to) - along * along)
  if beside < 0 then
    return nil
  end
  local half = sqrt(beside)
  local near = along - half
  if near > 1e-6 then
    return near
  end
  local far = along + half
  return far > 1e-6 and far or nil
end

function Sphere:normal(point)
  return (point - self.center) * (1 / self.radius)
end

local Plane = Shape:extend()

function Plane:init(point, up, material, other)
  self.point, self.up, self.material, self.other = point, up:unit(), material, other
end

function Plane:hit(origin, direction)
  local slope = self.up:dot(direction)
  if slope > -1e-9 and slope < 1e-9 then
    return nil
  end
  local distance = (self.point - origin):dot(self.up) / slope
  return distance > 1e-6 and distance or nil
end

function Plane:normal()
  return self.up
end

function Plane:color(point)
  local odd = (floor(point.x) + floor(point.z)) % 2
  return odd == 0 and self.material.color or self.other
end

local Triangle = Shape:extend()

function Triangle:init(a, b, c, material)
  self.a, self.material = a, material
  self.ab, self.ac = b - a, c - a
  self.face = self.ab:cross(self.ac):unit()
end

function Triangle:hit(origin, direction)
  local p = direction:cross(self.ac)
  local determinant = self.ab:dot(p)
  if determinant > -1e-9 and determinant < 1e-9 then
    return nil
  end
  local inverse = 1 / determinant
  local t = origin - self.a
  local u = t:dot(p) * inverse
  if u < 0 or u > 1 then
    return nil
  end
  local q = t:cross(self.ab)
  local v = direction:dot(q) * inverse
  if v < 0 or u + v > 1 then
    return nil
  end
  local distance = self.ac:dot(q) * inverse
  return distance > 1e-6 and distance or nil
end

function Triangle:normal()
  return self.face
end

-- A box around shapes: they are asked only if the ray meets it.
local Group = Shape:extend()

function Group:init(shapes)
  self.shapes = shapes
  local low, high = vector(huge, huge, huge), vector(-huge, -huge, -huge)
  for _, shape in ipairs(shapes) do
    local c, r = shape.center, shape.radius
    low = vector(min(low.x, c.x - r), min(low.y, c.y - r), min(low.z, c.z - r))
    high = vector(max(high.x, c.x + r), max(high.y, c.y + r), max(high.z, c.z + r))
  end
  self.low, self.high = low, high
end

function Group:touches(origin, direction)
  local near, far = 0, huge
  for _, axis in ipairs {"x", "y", "z"} do
    local d, o = direction[axis], origin[axis]
    if d == 0 then
      if o < self.low[axis] or o > self.high[axis] then
        return false
      end
    else
      local a, b = (self.low[axis] - o) / d, (self.high[axis] - o) / d
      near = max(near, min(a, b))
      far = min(far, max(a, b))
    end
  end
  return near <= far
end

function Group:hit(origin, direction)
  if not self:touches(origin, direction) then
    return nil
  end
  local nearest, found = huge, nil
  for _, shape in ipairs(self.shapes) do
    local distance = shape:hit(origin, direction)
    if distance and distance < nearest then
      nearest, found = distance, shape
    end
  end
  return found and nearest, found
end

---------------------------------------------------------------------------------------------------
-- The scene

local Scene = {}
Scene.__index = Scene

function Scene.new()
  return setmetatable({shapes = {}, lights = {}, rays = 0}, Scene)
end

function Scene:add(shape)
  self.shapes[#self.shapes + 1] = shape
end

function Scene:light(at, power)
  self.lights[#self.lights + 1] = {at = at, power = power}
end

function Scene:nearest(origin, direction)
  self.rays = self.rays + 1
  local nearest, found = huge, nil
  for _, shape in ipairs(self.shapes) do
    local distance, inner = shape:hit(origin, direction)
    if distance and distance < nearest then
      nearest, found = distance, inner or shape
    end
  end
  return found, nearest
end

function Scene:shadowed(point, direction, distance)
  self.rays = self.rays + 1
  for _, shape in ipairs(self.shapes) do
    local hit = shape:hit(point, direction)
    if hit and hit < distance then
      return true
    end
  end
  return false
end

function Scene:trace(origin, direction, depth)
  local shape, distance = self:nearest(origin, direction)
  if not shape then
    local t = 0.5 * (direction.y + 1)
    return vector(1, 1, 1) * (1 - t) + vector(0.4, 0.6, 1) * t
  end
  local point = origin + direction * distance
  local normal = shape:normal(point)
  if normal:dot(direction) > 0 then
    normal = -normal
  end
  local material = shape.material
  local color = shape:color(point)
  local sum = color * 0.1
  for _, light in ipairs(self.lights) do
    local way = light.at - point
    local far = way:length()
    local towards = way * (1 / far)
    local facing = normal:dot(towards)
    if facing > 0 and not self:shadowed(point + normal * 1e-4, towards, far) then
      sum = sum + color * (facing * light.power)
      local shine = direction:reflect(normal):dot(towards)
      if shine > 0 then
        sum = sum + vector(1, 1, 1) * (material.gloss * shine ^ 20)
      end
    end
  end
  if material.mirror > 0 and depth < 4 then
    local seen = self:trace(point + normal * 1e-4, direction:reflect(normal):unit(), depth + 1)
    sum = sum * (1 - material.mirror) + seen * material.mirror
  end
  return sum
end

---------------------------------------------------------------------------------------------------

local function material(r, g, b, gloss, mirror)
  return {color = vector(r, g, b), gloss = gloss, mirror = mirror}
end

local function build()
  local scene = Scene.new()
  local up = vector(0, 1, 0)
  scene:add(Plane(vector(0, -1, 0), up, material(0.9, 0.9, 0.9, 0, 0.1), vector(0.2, 0.3, 0.2)))
  for i = 0, 3 do
    local cluster = {}
    for j = 0, 6 do
      local at = vector(i * 2.4 - 3.6 + (j % 2) * 0.6, (j % 3) * 0.7 - 0.6, 5 + j * 0.5)
      cluster[#cluster + 1] = Sphere(
        at,
        0.32 + 0.03 * j,
        material(0.3 + 0.1 * j, 0.9 - 0.2 * i, 0.3 + 0.15 * i, 0.5, (i + j) % 3 * 0.25)
      )
    end
    scene:add(Group(cluster))
  end
  local gold = material(0.9, 0.7, 0.2, 0.8, 0.3)
  local top = vector(0, 2.2, 7)
  local corners = {vector(-1, 1, 6), vector(1, 1, 6), vector(1, 1, 8), vector(-1, 1, 8)}
  for i = 1, 4 do
    scene:add(Triangle(corners[i], corners[i % 4 + 1], top, gold))
  end
  scene:light(vector(-5, 6, 0), 0.7)
  scene:light(vector(6, 4, 2), 0.4)
  return scene
end

local function byte_of(x)
  return floor(max(0, min(1, x)) * 255 + 0.5)
end

local function render(scene, width, height)
  local eye = vector(0, 0.6, -3)
  local checksum, brightest = 0, 0
  for y = 0, height - 1 do
    for x = 0, width - 1 do
      local direction = vector(
        (x - width / 2) / width * 2,
        (height / 2 - y) / width * 2,
        1.6
      ):unit()
      local color = scene:trace(eye, direction, 0)
      local r, g, b = byte_of(color.x), byte_of(color.y), byte_of(color.z)
      brightest = max(brightest, r + g + b)
      checksum = (checksum * 33 + r * 65536 + g * 256 + b) % 16777213
    end
  end
  return checksum, brightest
end

local scene = build()
local checksum, brightest = render(scene, 200, 128)
print(string.format("%d rays, brightest %d, checksum %d", scene.rays, brightest, checksum))

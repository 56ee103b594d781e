-- DeltaBlue: an incremental solver of one-way constraints with strengths. Each variable knows how
-- strongly its value is determined (its walkabout strength); adding or removing a constraint finds
-- a new plan locally. Measured as usual by a chain of equalities and by a projection of points.

---------------------------------------------------------------------------------------------------
-- Strengths: smaller is stronger.

local REQUIRED, STRONG_PREFERRED, PREFERRED, STRONG_DEFAULT, NORMAL, WEAK_DEFAULT, WEAKEST =
  0, 1, 2, 3, 4, 5, 6
local FORWARD, BACKWARD, NONE = 1, -1, 0

local function class(base)
  local c = {}
  c.__index = c
  return setmetatable(c, {
    __index = base,
    __call = function(self, ...)
      local object = setmetatable({}, self)
      object:init(...)
      return object
    end,
  })
end

---------------------------------------------------------------------------------------------------
-- Variables

local Variable = class()

function Variable:init(value)
  self.value = value
  self.constraints = {}
  self.determined_by = nil
  self.walk_strength = WEAKEST
  self.mark = 0
  self.stay = true
end

function Variable:add(constraint)
  self.constraints[#self.constraints + 1] = constraint
end

function Variable:remove(constraint)
  local list = self.constraints
  for i = 1, #list do
    if list[i] == constraint then
      table.remove(list, i)
      break
    end
  end
  if self.determined_by == constraint then
    self.determined_by = nil
  end
end

---------------------------------------------------------------------------------------------------
-- Constraints: what all have in common

local planner

local Constraint = class()

function Constraint:enter()
  self:register()
  planner:incremental_add(self)
end

function Constraint:destroy()
  if self:is_satisfied() then
    planner:incremental_remove(self)
  else
    self:unregister()
  end
end

function Constraint:is_input()
  return false
end

-- Tries to enforce this constraint; the weaker one that had to give way, or nil.
function Constraint:satisfy(mark)
  self:choose(mark)
  if not self:is_satisfied() then
    assert(self.strength ~= REQUIRED, "a required constraint cannot be satisfied")
    return nil
  end
  self:mark_inputs(mark)
  local out = self:output()
  local overridden = out.determined_by
  if overridden then
    overridden:forget()
  end
  out.determined_by = self
  assert(planner:propagate(self, mark), "a cycle")
  out.mark = mark
  return overridden
end

---------------------------------------------------------------------------------------------------
-- Constraints on one variable

local Unary = class(Constraint)

function Unary:init(variable, strength)
  self.variable, self.strength, self.satisfied = variable, strength, false
  self:enter()
end

function Unary:register()
  self.variable:add(self)
  self.satisfied = false
end

function Unary:unregister()
  self.variable:remove(self)
  self.satisfied = false
end

function Unary:choose(mark)
  local v = self.variable
  self.satisfied = v.mark ~= mark and self.strength < v.walk_strength
end

function Unary:is_satisfied() return self.satisfied end
function Unary:forget() self.satisfied = false end
function Unary:output() return self.variable end
function Unary:mark_inputs() end
function Unary:inputs_known() return true end

function Unary:recalculate()
  local v = self.variable
  v.walk_strength = self.strength
  v.stay = not self:is_input()
  if v.stay then
    self:execute()
  end
end

local Stay = class(Unary)

function Stay:execute() end

local Edit = class(Unary)

function Edit:is_input() return true end
function Edit:execute() end

---------------------------------------------------------------------------------------------------
-- Constraints between two variables

local Binary = class(Constraint)

function Binary:init(a, b, strength)
  self.a, self.b, self.strength, self.direction = a, b, strength, NONE
  self:enter()
end

function Binary:register()
  self.a:add(self)
  self.b:add(self)
  self.direction = NONE
end

function Binary:unregister()
  self.a:remove(self)
  self.b:remove(self)
  self.direction = NONE
end

function Binary:choose(mark)
  local a, b = self.a, self.b
  local strength = self.strength
  if a.mark == mark then
    self.direction = (b.mark ~= mark and strength < b.walk_strength) and FORWARD or NONE
  elseif b.mark == mark then
    self.direction = strength < a.walk_strength and BACKWARD or NONE
  elseif a.walk_strength > b.walk_strength then
    self.direction = strength < a.walk_strength and BACKWARD or NONE
  else
    self.direction = strength < b.walk_strength and FORWARD or NONE
  end
end

function Binary:is_satisfied() return self.direction ~= NONE end
function Binary:forget() self.direction = NONE end
function Binary:input() return self.direction == FORWARD and self.a or self.b end
function Binary:output() return self.direction == FORWARD and self.b or self.a end
function Binary:mark_inputs(mark) self:input().mark = mark end

function Binary:inputs_known(mark)
  local input = self:input()
  return input.mark == mark or input.stay or not input.determined_by
end

local function weaker(a, b)
  return a > b and a or b
end

function Binary:recalculate()
  local input, out = self:input(), self:output()
  out.walk_strength = weaker(self.strength, input.walk_strength)
  out.stay = input.stay
  if out.stay then
    self:execute()
  end
end

local Equality = class(Binary)

function Equality:execute()
  self:output().value = self:input().value
end

-- b = a * scale + offset
local Scale = class(Binary)

function Scale:init(a, scale, offset, b, strength)
  self.scale, self.offset = scale, offset
  Binary.init(self, a, b, strength)
end

function Scale:register()
  Binary.register(self)
  self.scale:add(self)
  self.offset:add(self)
end

function Scale:unregister()
  Binary.unregister(self)
  self.scale:remove(self)
  self.offset:remove(self)
end

function Scale:mark_inputs(mark)
  Binary.mark_inputs(self, mark)
  self.scale.mark = mark
  self.offset.mark = mark
end

function Scale:execute()
  if self.direction == FORWARD then
    self.b.value = self.a.value * self.scale.value + self.offset.value
  else
    self.a.value = (self.b.value - self.offset.value) / self.scale.value
  end
end

function Scale:recalculate()
  local input, out = self:input(), self:output()
  out.walk_strength = weaker(self.strength, input.walk_strength)
  out.stay = input.stay and self.scale.stay and self.offset.stay
  if out.stay then
    self:execute()
  end
end

---------------------------------------------------------------------------------------------------
-- The planner

local Planner = class()

function Planner:init()
  self.mark = 0
end

function Planner:new_mark()
  self.mark = self.mark + 1
  return self.mark
end

function Planner:incremental_add(constraint)
  local mark = self:new_mark()
  local overridden = constraint:satisfy(mark)
  while overridden do
    overridden = overridden:satisfy(mark)
  end
end

function Planner:incremental_remove(constraint)
  local out = constraint:output()
  constraint:forget()
  constraint:unregister()
  local unsatisfied = self:release(out)
  for strength = REQUIRED, WEAKEST do
    for i = 1, #unsatisfied do
      local c = unsatisfied[i]
      if c.strength == strength then
        self:incremental_add(c)
      end
    end
  end
end

-- Resets what depended on a variable nobody determines any more; the constraints that may now be
-- satisfied.
function Planner:release(out)
  out.determined_by = nil
  out.walk_strength = WEAKEST
  out.stay = true
  local unsatisfied, todo, n = {}, {out}, 1
  while n > 0 do
    local v = todo[n]
    n = n - 1
    local constraints = v.constraints
    for i = 1, #constraints do
      local c = constraints[i]
      if not c:is_satisfied() then
        unsatisfied[#unsatisfied + 1] = c
      end
    end
    local determining = v.determined_by
    for i = 1, #constraints do
      local c = constraints[i]
      if c ~= determining and c:is_satisfied() then
        c:recalculate()
        n = n + 1
        todo[n] = c:output()
      end
    end
  end
  return unsatisfied
end

local function consumers(variable, list)
  local determining = variable.determined_by
  for _, c in ipairs(variable.constraints) do
    if c ~= determining and c:is_satisfied() then
      list[#list + 1] = c
    end
  end
end

-- Recomputes strengths downstream; false if that comes back to its beginning.
function Planner:propagate(constraint, mark)
  local todo = {constraint}
  while #todo > 0 do
    local c = table.remove(todo)
    local out = c:output()
    if out.mark == mark then
      self:incremental_remove(constraint)
      return false
    end
    c:recalculate()
    consumers(out, todo)
  end
  return true
end

-- The constraints to execute, in order, when the given ones' inputs change.
function Planner:make_plan(sources)
  local mark = self:new_mark()
  local plan, todo = {}, sources
  while #todo > 0 do
    local c = table.remove(todo)
    local out = c:output()
    if out.mark ~= mark and c:inputs_known(mark) then
      plan[#plan + 1] = c
      out.mark = mark
      consumers(out, todo)
    end
  end
  return plan
end

function Planner:plan_for(edits)
  local sources = {}
  for _, c in ipairs(edits) do
    if c:is_input() and c:is_satisfied() then
      sources[#sources + 1] = c
    end
  end
  return self:make_plan(sources)
end

local function execute(plan)
  for i = 1, #plan do
    plan[i]:execute()
  end
end

---------------------------------------------------------------------------------------------------
-- The two measured situations

local function change(variable, value)
  local edit = Edit(variable, PREFERRED)
  local plan = planner:plan_for({edit})
  for _ = 1, 10 do
    variable.value = value
    execute(plan)
  end
  edit:destroy()
end

local function chain(n)
  planner = Planner()
  local first = Variable(0)
  local last = first
  for _ = 1, n do
    local v = Variable(0)
    Equality(last, v, REQUIRED)
    last = v
  end
  Stay(last, STRONG_DEFAULT)
  local edit = Edit(first, PREFERRED)
  local plan = planner:plan_for({edit})
  for i = 1, 100 do
    first.value = i
    execute(plan)
    assert(last.value == i, "the chain is broken")
  end
  edit:destroy()
  return #plan
end

local function projection(n)
  planner = Planner()
  local scale, offset = Variable(10), Variable(1000)
  local from, to = {}, {}
  for i = 1, n do
    from[i], to[i] = Variable(i), Variable(i)
    Stay(from[i], NORMAL)
    Scale(from[i], scale, offset, to[i], REQUIRED)
  end
  change(from[n], 17)
  assert(to[n].value == 1170, "projection 1")
  change(to[n], 1050)
  assert(from[n].value == 5, "projection 2")
  change(scale, 5)
  for i = 1, n - 1 do
    assert(to[i].value == from[i].value * 5 + 1000, "projection 3")
  end
  change(offset, 2000)
  local sum = 0
  for i = 1, n - 1 do
    assert(to[i].value == from[i].value * 5 + 2000, "projection 4")
    sum = sum + to[i].value
  end
  return sum
end

local length, sum = 0, 0
for _ = 1, 25 do
  length = length + chain(1200)
  sum = sum + projection(1200)
end
print(length, string.format("%d", sum))

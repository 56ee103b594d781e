--- The constant table of a function: every constant once, by type and bits.
--
-- A constant is its Lua value; an absent value stands as `consts.NIL`.

local Emitter = require "luka.compiler.emit.emitter"
local op = require "luka.compiler.bytecode.ops"

local consts = {}

--- Stands for nil in a constant table.
consts.NIL = setmetatable({}, {__name = "nil constant"})

--- Begins another function.
function Emitter:clear_constants()
  self.constants, self.constant_count = {}, 0
  -- By value: strings and booleans; integers; floats.
  self.plain_consts, self.int_consts, self.float_consts = {}, {}, {}
end

local function find(self, index, key, value)
  local at = index[key]
  if not at then
    at = self.constant_count
    index[key] = at
    self.constant_count = at + 1
    self.constants[at + 1] = value
  end
  return at
end

function Emitter:nil_const()
  return find(self, self.plain_consts, consts.NIL, consts.NIL)
end

--- The index of a string or a boolean.
function Emitter:plain_const(value)
  return self.plain_consts[value] or find(self, self.plain_consts, value, value)
end

function Emitter:int_const(value)
  return find(self, self.int_consts, value, value)
end

function Emitter:float_const(value)
  local key = value
  if value == 0 or value ~= value then
    -- 0.0 and -0.0 are one key of a table, and a NaN is none.
    key = string.pack("<d", value)
  end
  return find(self, self.float_consts, key, value)
end

--- The constant that names field `name` in an instruction, or nil if it may not.
function Emitter:field_const(name)
  if #name > op.MAX_SHORT_STRING then return nil end
  local at = self.plain_consts[name] or find(self, self.plain_consts, name, name)
  if at <= op.MAX_CONST_OPERAND then return at end
end

return consts

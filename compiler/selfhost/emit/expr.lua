--- Walking expressions. Left-deep chains (operators, field accesses, calls) are walked with an
-- explicit stack; the host stack grows only with nesting, which the parser bounds.

local Emitter = require "luka.compiler.emit.emitter"
local exp = require "luka.compiler.emit.exp"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc, abx = instr.abc, instr.abx
local new = exp.new

-- The field with the expression an expression starts with.
local LEFT = {
  Binary = "left", Field = "object", Index = "object", Call = "callee", Method = "object",
  OptionalLink = "expr",
}

-- Expressions that do not start with another one, and what extends one, by kind.
local LEAF, EXTEND = {}, {}

local function constant(kind)
  return function(self, node)
    self.last_end = node.stop
    return new(kind, node.value, node.start, node.stop)
  end
end

for _, kind in ipairs {"Nil", "True", "False", "Int", "Float", "Str"} do
  LEAF[kind] = constant(kind)
end
LEAF.Error = LEAF.Nil

function LEAF.Local(self, node)
  self.last_end = node.stop
  return new("Local", node.var.register, node.start, node.stop)
end

function LEAF.Upvalue(self, node)
  self.last_end = node.stop
  return new("Upvalue", node.index, node.start, node.stop)
end

--- The `_ENV` a global name is a field of.
local function environment(self, env, start, stop)
  local kind = env.kind
  if kind == "Upvalue" then return new("Upvalue", env.index, start, stop) end
  if kind == "Local" and env.var.kind ~= "Folded" then
    return new("Local", env.var.register, start, stop)
  end
  local e = (LEAF[kind] or LEAF.Nil)(self, env)
  e.start, e.stop = start, stop
  return e
end

--- Makes `e` the variable `e.name`.
local function index_field(self, e, name, start, stop)
  if not self:index_name(e, name, start, stop) then
    self:index(e, new("Str", name, start, stop), start, stop)
  end
end

function LEAF.Global(self, node)
  local start, stop = node.start, node.stop
  self:at(stop)
  local e = environment(self, node.env, start, stop)
  self:to_any_reg_or_upvalue(e)
  index_field(self, e, node.name, start, stop)
  return e
end

function LEAF.Vararg(self, node)
  local start, stop = node.start, node.stop
  self:at(self.positions:end_of_token_before(start))
  local pc = self:emit(abc(op.Vararg, 0, 0, 2), start, stop)
  self:at(stop)
  return new("Vararg", pc, start, stop)
end

function LEAF.Function(self, node)
  return self:closure(node.func, node.start, node.stop)
end

function LEAF.Table(self, node)
  return self:table(node.items, node.start, node.stop)
end

function LEAF.Unary(self, node)
  local e = self:expr(node.operand)
  self:unary(node.op, e, node.start + 1, node.start, node.stop)
  return e
end

function LEAF.If(self, node)
  return self:if_expression(node.items, node.start, node.stop)
end

function LEAF.Optional(self, node)
  return self:optional(node.expr, node.start, node.stop)
end

function LEAF.Paren(self, node)
  local e = self:expr(node.expr)
  self:at(node.stop)
  self:discharge(e)
  return e
end

function EXTEND.Binary(self, node, e)
  local operator = node.op
  if operator == "Coalesce" then return self:coalesce(e, node.right, node.start, node.stop) end
  local op_end = self.positions:end_of_token_at(node.op_at)
  self:at(op_end)
  self:infix(operator, e)
  self:postfix(operator, e, self:expr(node.right), op_end, node.start, node.stop)
end

function EXTEND.OptionalLink(self, _, e)
  self:optional_link(e)
end

function EXTEND.Field(self, node, e)
  self:to_any_reg_or_upvalue(e)
  self:at(node.stop)
  index_field(self, e, node.name, node.start, node.stop)
end

function EXTEND.Index(self, node, e)
  self:to_any_reg_or_upvalue(e)
  local key = self:expr(node.key)
  self:to_value(key)
  self:at(node.stop)
  self:index(e, key, node.start, node.stop)
end

--- Emits arguments and call; the function (and receiver) are in the window at `base`. The call
-- replaces `e`.
local function call(self, e, base, node)
  local _, last = self:expr_list(node.args)
  local start, stop = node.start, node.stop
  local multi = last and exp.is_multi(last)
  if multi then self:set_returns(last, nil) end
  self:at(stop)
  local count = 0
  if not multi then
    if last then self:to_next_reg(last) end
    -- The arguments follow the function and the frame link.
    count = self.free - (base + 1) & 0xffff
  end
  local pc = self:emit(abc(op.Call, base, count, 2), start, stop)
  self:fix_line(node.line_at + 1)
  self.frame_links = self.frame_links - 1
  self.free = base + 1
  exp.set(e, "Call", pc, start, stop)
end

function EXTEND.Call(self, node, e)
  call(self, e, self:open_call(e), node)
end

function EXTEND.Method(self, node, e)
  self:at(node.name_stop)
  call(self, e, self:self_call(e, node.name, node.start, node.name_stop), node)
end

--- Emits an expression as far as possible without choosing a register for its value.
function Emitter:expr(node)
  local left = LEFT[node.kind]
  if not left then return LEAF[node.kind](self, node) end
  local left_chain, depth = {}, 0
  repeat
    depth = depth + 1
    left_chain[depth] = node
    node = node[left]
    left = LEFT[node.kind]
  until not left
  local e = LEAF[node.kind](self, node)
  for n = depth, 1, -1 do
    node = left_chain[n]
    EXTEND[node.kind](self, node, e)
  end
  return e
end

--- Emits a list of expressions, each but the last to the next register. Returns how many there are
-- and the last one, nil if there is none.
function Emitter:expr_list(list)
  local last
  for n = 1, #list do
    local node = list[n]
    if last then
      self:at(self.positions:end_of_token_at(last.stop))
      self:to_next_reg(last)
    end
    last = self:expr(node)
    last.start, last.stop = node.start, node.stop
  end
  return #list, last
end

--- A function value, in the next register (as a new table: the collector takes the registers above
-- for dead).
function Emitter:closure(func, start, stop)
  self:at(stop)
  local pc = self:emit(abx(op.Closure, 0, self.child_index[func]), start, stop)
  local e = new("Reloc", pc, start, stop)
  self:to_next_reg(e)
  return e
end

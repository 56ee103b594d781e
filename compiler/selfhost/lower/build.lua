-- Making plain nodes. All of them belong to the text from `self.start` to `self.stop`. Mirror of
-- compiler/src/lower/build.rs.

local M = {}

-- Gives an expression its place.
function M:expr(node)
  node.start, node.stop = self.start, self.stop
  return node
end

-- Gives a statement its place.
M.stmt = M.expr

function M:name(name)
  return self:expr {kind = "Name", name = name}
end

function M:int(n)
  return self:expr {kind = "Int", value = n}
end

function M:text(text)
  return self:expr {kind = "Str", value = text}
end

function M:field(object, name)
  return self:expr {kind = "Field", object = object, name = name}
end

-- `table[key]`, of a variable and a number.
function M:item(name, key)
  return self:expr {kind = "Index", object = self:name(name), key = self:int(key)}
end

function M:binary(op, lhs, rhs)
  return self:expr {kind = "Binary", op = op, lhs = lhs, rhs = rhs, op_at = self.start}
end

function M:negation(operand)
  return self:expr {kind = "Unary", op = "Not", operand = operand}
end

-- `#name`
function M:length(name)
  return self:expr {kind = "Unary", op = "Len", operand = self:name(name)}
end

-- `value op nil`
function M:compare_nil(op, value)
  return self:binary(op, value, self:expr {kind = "Nil"})
end

-- A call of a function of the standard library.
function M:call(builtin, args)
  local callee = self:name(self:builtin(builtin))
  return self:expr {kind = "Call", callee = callee, args = args, line_at = self.start}
end

function M:empty_table()
  return self:expr {kind = "Table", fields = {}}
end

function M:binding(name, attrib)
  return {name = name, name_start = self.start, name_stop = self.stop, attrib = attrib or "None"}
end

-- `local bindings = values`
function M:local_of(bindings, values)
  return self:stmt {kind = "Local", bindings = bindings, values = values}
end

-- `local names = values`
function M:local_names(names, values)
  local bindings = {}
  for at, name in ipairs(names) do
    bindings[at] = self:binding(name)
  end
  return self:local_of(bindings, values)
end

-- `target = value`
function M:assign(target, value)
  return self:stmt {kind = "Assign", targets = {target}, values = {value}}
end

function M:jump_to(label)
  return self:stmt {kind = "Goto", name = label}
end

function M:label(name)
  return self:stmt {kind = "Label", name = name, name_at = self.start}
end

function M:new_block(stmts)
  return {stmts = stmts, open_at = self.start, close_at = self.stop}
end

-- `do block end`
function M:do_block(block)
  return self:stmt {kind = "Do", body = block}
end

-- `do stmts end`
function M:do_stmts(stmts)
  return self:do_block(self:new_block(stmts))
end

function M:arm(cond, body)
  return {cond = cond, body = body, at = self.start}
end

function M:if_arms(arms, otherwise)
  return self:stmt {kind = "If", arms = arms, otherwise = otherwise}
end

-- `if cond then stmt end`
function M:if_then(cond, stmt)
  return self:if_arms({self:arm(cond, self:new_block {stmt})}, nil)
end

-- A function without parameters.
function M:closure(body, is_vararg)
  local start, stop = self.start, self.stop
  local func = {
    params = {},
    is_vararg = is_vararg,
    is_method = false,
    complete = true,
    body = body,
    start = start,
    stop = stop,
    line_at = start,
    end_at = math.max(stop, start + 1) - 1,
  }
  return self:expr {kind = "Function", func = func}
end

-- Makes of `node` what `other` is, at the place of `node`.
function M.become(node, other)
  local start, stop = node.start, node.stop
  for field in pairs(node) do
    node[field] = nil
  end
  for field, value in pairs(other) do
    node[field] = value
  end
  node.start, node.stop = start, stop
end

return M

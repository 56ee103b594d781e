-- Statements: the walk over a block, and the shorter constructs. Mirror of
-- compiler/src/lower/stmt.rs.

local M = {}

-- By kind: the expression that a part of a chain starts with.
local BEFORE = {
  OptionalLink = "expr",
  Field = "object",
  Index = "object",
  Call = "callee",
  MethodCall = "object",
}

-- The first `?.` to the left in a suffixed expression, or nil.
local function find_link(node)
  while node.kind ~= "OptionalLink" do
    local before = BEFORE[node.kind]
    if not before then return nil end
    node = node[before]
  end
  return node
end

-- By kind: lowers a statement. Returns true if the statement has been replaced, possibly by none; otherwise it is kept.
local STATEMENT = {
  Do = function(self, stmt) self:block(stmt.body) end,
  While = function(self, stmt) self:loop_body(stmt.body) end,
  Repeat = function(self, stmt) self:repeat_loop(stmt.body, stmt.cond) end,
  If = function(self, stmt)
    for _, arm in ipairs(stmt.arms) do
      self:block(arm.body)
    end
    if stmt.otherwise then self:block(stmt.otherwise) end
  end,
  NumericFor = function(self, stmt) self:loop_body(stmt.body) end,
  GenericFor = function(self, stmt)
    local prologue = {}
    for _, var in ipairs(stmt.vars) do
      self:at(var.name_start, var.name_stop)
      local pattern = self:hide_pattern(var)
      if pattern then self:destructure(pattern, var.name, prologue) end
    end
    self:loop_body(stmt.body, prologue)
  end,
  Return = function(self, stmt, out)
    if #self.frames == 1 then return false end
    self:return_statement(stmt.values, out)
    return true
  end,
  Break = function(self, _, out)
    if #self.frames == 1 then return false end
    self:break_statement(out)
    return true
  end,
  Goto = function(self, stmt, out)
    if #self.frames == 1 then return false end
    self:goto_statement(stmt.name, out)
    return true
  end,
  Continue = function(self, _, out)
    self:continue_statement(out)
    return true
  end,
  Assign = function(self, stmt, out)
    local targets = stmt.targets
    for _, target in ipairs(targets) do
      if target.kind == "Optional" then
        if targets[2] then
          self:optional_target(target.start, target.stop)
        else
          self:optional_assignment(stmt, target, out)
        end
        return true
      end
    end
  end,
  Compound = function(self, stmt, out)
    if stmt.target.kind ~= "Optional" then return false end
    self:optional_assignment(stmt, stmt.target, out)
    return true
  end,
  ExtLocal = function(self, stmt, out)
    self:local_targets(stmt.targets, stmt.values, out)
    return true
  end,
  ExtIf = function(self, stmt, out)
    self:if_local(stmt.arms, stmt.otherwise, out)
    return true
  end,
  ExtWhile = function(self, stmt, out)
    self:while_local(stmt.cond, stmt.body, out)
    return true
  end,
  ExtGlobal = function(self, stmt, out)
    self:global(stmt.names, stmt.values, stmt.is_const, out)
    return true
  end,
  GlobalFunction = function(self, stmt, out)
    self:global_function(stmt.binding, stmt.func, out)
    return true
  end,
  Type = function() return true end,
  Match = function(self, stmt, out)
    self:match_statement(stmt, out)
    return true
  end,
  DeferCall = function(self, stmt, out)
    self:defer_call(stmt.call, stmt.uses_vararg, out)
    return true
  end,
  DeferBlock = function(self, stmt, out)
    self:defer_block(stmt.body, stmt.uses_vararg, out)
    return true
  end,
  Try = function(self, stmt, out)
    self:try_statement(stmt, out)
    return true
  end,
}

-- Appends the lowered form of a statement.
function M:statement(stmt, out)
  self:at(stmt.start, stmt.stop)
  local lower = STATEMENT[stmt.kind]
  if not (lower and lower(self, stmt, out)) then out[#out + 1] = stmt end
end

-- `a?.b = v` is `do local o = a; if o ~= nil then o.b = v end end`. `stmt` assigns to the chain
-- `target`.
function M:optional_assignment(stmt, target, out)
  local inner = target.expr
  local link = find_link(inner)
  if not link then
    out[#out + 1] = stmt
    return
  end
  local object = link.expr
  local value = object
  if find_link(object) then value = self:expr {kind = "Optional", expr = object} end
  local name = self:hidden("value")
  local declaration = self:local_names({name}, {value})
  self.become(link, {kind = "Name", name = name})
  self.become(target, inner)
  local present = self:compare_nil("Ne", self:name(name))
  out[#out + 1] = self:do_stmts {declaration, self:if_then(present, stmt)}
end

-- `global names = values`: the values first, then each variable, which must be nil.
function M:global(names, values, is_const, out)
  local declaration = self:stmt {kind = "Global", names = names, is_const = is_const}
  if values[1] then
    local hidden = {}
    for at = 1, #names do
      hidden[at] = self:hidden("value")
    end
    local stmts = {self:local_names(hidden, values)}
    for at = #names, 1, -1 do
      self:define_global(names[at].name, hidden[at], stmts)
    end
    out[#out + 1] = self:do_stmts(stmts)
  end
  out[#out + 1] = declaration
end

-- `global function name … end`
function M:global_function(binding, func, out)
  out[#out + 1] = self:stmt {kind = "Global", names = {binding}, is_const = false}
  local hidden = self:hidden("value")
  local stmts = {self:local_names({hidden}, {self:expr {kind = "Function", func = func}})}
  self:define_global(binding.name, hidden, stmts)
  out[#out + 1] = self:do_stmts(stmts)
end

-- `if _ENV.name ~= nil then error("global 'name' already defined") end _ENV.name = value`
function M:define_global(name, value, out)
  local text = self:text("global '" .. name .. "' already defined")
  local raise = self:stmt {kind = "Call", expr = self:call("error", {text})}
  local place = self:field(self:name("_ENV"), name)
  out[#out + 1] = self:if_then(self:compare_nil("Ne", place), raise)
  out[#out + 1] = self:assign(self:field(self:name("_ENV"), name), self:name(value))
end

return M

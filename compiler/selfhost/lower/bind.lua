-- Destructuring, parameters, and conditions that declare variables. Mirror of
-- compiler/src/lower/bind.rs.

local M = {}

-- The code for a parameter at the start of its function: a default, a destructuring.
function M:parameter(param, out)
  self:at(param.name_start, param.name_stop)
  local pattern = self:hide_pattern(param)
  if param.default then self:default(param.name, param.default, out) end
  if pattern then self:destructure(pattern, param.name, out) end
end

-- Gives a parameter or loop variable that is a pattern a name.
function M:hide_pattern(binding)
  if binding.pattern then binding.name = self:hidden("value") end
  return binding.pattern
end

-- `if name == nil then name = default end`
function M:default(name, default, out)
  local missing = self:compare_nil("Eq", self:name(name))
  out[#out + 1] = self:if_then(missing, self:assign(self:name(name), default))
end

-- `local targets = values`
function M:local_targets(targets, values, out)
  local patterns, bindings = {}, {}
  for at, target in ipairs(targets) do
    if target.kind == "Name" then
      bindings[at] = target.binding
    else
      local name = self:hidden("value")
      patterns[#patterns + 1] = {pattern = target.pattern, name = name}
      bindings[at] = self:binding(name)
    end
  end
  out[#out + 1] = self:local_of(bindings, values)
  for _, waiting in ipairs(patterns) do
    self:destructure(waiting.pattern, waiting.name, out)
  end
end

-- Declares what a pattern names as parts of the variable `from`, entry by entry.
function M:destructure(pattern, from, out)
  self:at(pattern.start, pattern.stop)
  local entries = pattern.entries
  if pattern.kind ~= "Table" and pattern.kind ~= "Array" then return end
  for n, entry in ipairs(entries) do
    self:entry(entry, n, from, out)
  end
  local rest = pattern.rest
  if pattern.kind == "Array" and type(rest) == "table" then
    out[#out + 1] = self:local_of({rest}, {self:empty_table()})
    self:collect_rest(rest.name, from, #entries, out)
  end
end

-- One entry of a destructuring.
function M:entry(entry, n, from, out)
  local pattern = entry.pattern
  self:at(pattern.start, pattern.stop)
  local value = self:part(entry, n, from)
  local bound = pattern.kind == "Bind"
  local binding = bound and pattern.binding or self:binding(self:hidden("value"))
  out[#out + 1] = self:local_of({binding}, {value})
  if entry.default then self:default(binding.name, entry.default, out) end
  if not bound then self:destructure(pattern, binding.name, out) end
end

-- The field or item of `from` an entry is about.
function M:part(entry, n, from)
  if entry.key then return self:field(self:name(from), entry.key) end
  return self:item(from, n)
end

-- `for i = skip + 1, #from do name[i - skip] = from[i] end`
function M:collect_rest(name, from, skip, out)
  local index = self:hidden("index")
  local key = self:binary("Sub", self:name(index), self:int(skip))
  local target = self:expr {kind = "Index", object = self:name(name), key = key}
  local value = self:expr {kind = "Index", object = self:name(from), key = self:name(index)}
  out[#out + 1] = self:stmt {
    kind = "NumericFor",
    var = self:binding(index),
    init = self:int(skip + 1),
    limit = self:length(from),
    body = self:new_block {self:assign(target, value)},
  }
end

-- `if` with conditions that declare variables: such an arm becomes a block with the value in a hidden
-- variable, in which the arms after it are nested.
function M:if_local(arms, otherwise, out)
  local start, stop = self.start, self.stop
  for _, arm in ipairs(arms) do
    if arm.cond.kind == "Expr" then self:block(arm.body) end
  end
  if otherwise then self:block(otherwise) end
  local plain = {}
  for at = #arms, 1, -1 do
    local arm = arms[at]
    local condition = arm.cond
    self:at(start, stop)
    if condition.kind == "Expr" then
      table.insert(plain, 1, {cond = condition.expr, body = arm.body, at = arm.at})
    else
      local bindings, names, copies = condition.bindings, {}, {}
      for n = 1, #bindings do
        names[n] = self:hidden("value")
        copies[n] = self:name(names[n])
      end
      local declaration = self:local_names(names, condition.values)
      local visible = self:local_of(bindings, copies)
      local cond = names[1] and self:name(names[1]) or self:expr {kind = "False"}
      self:block(arm.body, {visible})
      self:at(start, stop)
      table.insert(plain, 1, {cond = cond, body = arm.body, at = arm.at})
      local decision = self:if_arms(plain, otherwise)
      plain = {}
      otherwise = self:new_block {declaration, decision}
    end
  end
  if plain[1] then
    out[#out + 1] = self:if_arms(plain, otherwise)
  elseif otherwise then
    out[#out + 1] = self:do_block(otherwise)
  end
end

-- `while local … do body end`
function M:while_local(condition, body, out)
  if condition.kind ~= "Local" then return end
  local start, stop = self.start, self.stop
  local bindings = condition.bindings
  local prologue = {self:local_of(bindings, condition.values)}
  if bindings[1] then
    local ended = self:negation(self:name(bindings[1].name))
    prologue[2] = self:if_then(ended, self:stmt {kind = "Break"})
  end
  self:loop_body(body, prologue)
  self:at(start, stop)
  out[#out + 1] = self:stmt {kind = "While", cond = self:expr {kind = "True"}, body = body}
end

return M

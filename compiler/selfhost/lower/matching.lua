-- `match`. Mirror of compiler/src/lower/matching.rs.
--
-- If every arm only compares the value with literals, it is an `if` with `elseif`s. Else each arm is a
-- block that declares what its pattern binds, jumps to its end if the pattern fails,
-- and by one after the whole when it is done.

local M = {}

-- A literal, `_`, or several of them.
local function is_literal(pattern)
  local kind = pattern.kind
  if kind == "Literal" or kind == "Any" then return true end
  if kind ~= "Either" then return false end
  for _, one in ipairs(pattern.items) do
    if not is_literal(one) then return false end
  end
  return true
end

-- Are all patterns questions about the value alone?
local function are_plain(arms)
  for _, arm in ipairs(arms) do
    if arm.pattern.kind == "Bind" then
      if arm.guard then return false end
    elseif not is_literal(arm.pattern) then
      return false
    end
  end
  return true
end

function M:match_statement(node, out)
  local start, stop = self.start, self.stop
  local value = self:hidden("match")
  local stmts = {self:local_names({value}, {node.subject})}
  for _, arm in ipairs(node.arms) do
    self:block(arm.body)
  end
  local otherwise = node.otherwise
  if otherwise then self:block(otherwise) end
  self:at(start, stop)
  if are_plain(node.arms) then
    self:plain_match(node, value, stmts)
  else
    local done = self:hidden("done")
    for _, arm in ipairs(node.arms) do
      self:match_arm(arm, value, done, stmts)
      self:at(start, stop)
    end
    if otherwise then stmts[#stmts + 1] = self:do_block(otherwise) end
    stmts[#stmts + 1] = self:label(done)
  end
  out[#out + 1] = self:do_stmts(stmts)
end

function M:plain_match(node, value, out)
  local arms = {}
  for at, arm in ipairs(node.arms) do
    local body, pattern, guard = arm.body, arm.pattern, arm.guard
    local cond = self:equals(pattern, value)
    if pattern.kind == "Bind" then
      local declaration = self:local_of({pattern.binding}, {self:name(value)})
      body.stmts = table.move(body.stmts, 1, #body.stmts, 2, {declaration})
    end
    if cond and guard then
      cond = self:binary("And", cond, guard)
    else
      cond = cond or guard or self:expr {kind = "True"}
    end
    arms[at] = {cond = cond, body = body, at = arm.at}
  end
  if arms[1] then
    out[#out + 1] = self:if_arms(arms, node.otherwise)
  elseif node.otherwise then
    out[#out + 1] = self:do_block(node.otherwise)
  end
end

-- `value == literal`, with `or` between several; nil if everything matches.
function M:equals(pattern, value)
  if pattern.kind == "Literal" then
    return self:binary("Eq", self:name(value), pattern.expr)
  elseif pattern.kind ~= "Either" then
    return nil
  end
  local whole
  for _, item in ipairs(pattern.items) do
    local one = self:equals(item, value)
    if not one then return nil end
    whole = whole and self:binary("Or", whole, one) or one
  end
  return whole
end

-- The variables a pattern binds, each name once, appended to `bound` (which also has the names as
-- keys).
local function collect_bound(pattern, bound)
  local function add(binding)
    if not bound[binding.name] then
      bound[binding.name] = true
      bound[#bound + 1] = binding
    end
  end
  if pattern.kind == "Bind" then add(pattern.binding) end
  for _, entry in ipairs(pattern.entries or {}) do
    collect_bound(entry.pattern, bound)
  end
  if type(pattern.rest) == "table" then add(pattern.rest) end
  for _, item in ipairs(pattern.items or {}) do
    collect_bound(item, bound)
  end
end

function M:match_arm(arm, value, done, out)
  local pattern = arm.pattern
  self:at(pattern.start, pattern.stop)
  local bound, stmts = {}, {}
  collect_bound(pattern, bound)
  if bound[1] then stmts[1] = self:local_of(table.move(bound, 1, #bound, 1, {}), {}) end
  local fail = self:hidden("next")
  self:test(pattern, value, fail, stmts)
  if arm.guard then self:fail_if(self:negation(arm.guard), fail, stmts) end
  stmts[#stmts + 1] = self:do_block(arm.body)
  stmts[#stmts + 1] = self:jump_to(done)
  stmts[#stmts + 1] = self:label(fail)
  out[#out + 1] = self:do_stmts(stmts)
end

-- `if cond then goto fail end`
function M:fail_if(cond, fail, out)
  out[#out + 1] = self:if_then(cond, self:jump_to(fail))
end

-- `name = value`
function M:bind(binding, value, out)
  out[#out + 1] = self:assign(self:name(binding.name), value)
end

-- `if type(value) ~= "table" then goto fail end`
function M:is_table(value, fail, out)
  local kind = self:call("type", {self:name(value)})
  self:fail_if(self:binary("Ne", kind, self:text("table")), fail, out)
end

-- By kind: goes to `fail` unless the variable `value` matches; assigns what is bound.
local TEST = {
  Bind = function(self, pattern, value, _, out)
    self:bind(pattern.binding, self:name(value), out)
  end,
  Literal = function(self, pattern, value, fail, out)
    self:fail_if(self:binary("Ne", self:name(value), pattern.expr), fail, out)
  end,
  Table = function(self, pattern, value, fail, out)
    self:is_table(value, fail, out)
    for n, entry in ipairs(pattern.entries) do
      self:test_entry(entry, n, value, fail, out)
    end
  end,
  Array = function(self, pattern, value, fail, out)
    local entries, rest = pattern.entries, pattern.rest
    self:is_table(value, fail, out)
    local op = rest == "None" and "Ne" or "Lt"
    self:fail_if(self:binary(op, self:length(value), self:int(#entries)), fail, out)
    for n, entry in ipairs(entries) do
      self:test_entry(entry, n, value, fail, out)
    end
    if type(rest) == "table" then
      self:bind(rest, self:empty_table(), out)
      self:collect_rest(rest.name, value, #entries, out)
    end
  end,
  Either = function(self, pattern, value, fail, out)
    if not is_literal(pattern) then return self:test_either(pattern.items, value, fail, out) end
    local equal = self:equals(pattern, value)
    if equal then self:fail_if(self:negation(equal), fail, out) end
  end,
}

function M:test(pattern, value, fail, out)
  self:at(pattern.start, pattern.stop)
  local test = TEST[pattern.kind]
  if test then test(self, pattern, value, fail, out) end
end

function M:test_entry(entry, n, value, fail, out)
  local pattern = entry.pattern
  local kind = pattern.kind
  self:at(pattern.start, pattern.stop)
  if kind == "Any" then return end
  local part = self:part(entry, n, value)
  if kind == "Bind" then
    self:bind(pattern.binding, part, out)
  elseif kind == "Literal" then
    self:fail_if(self:binary("Ne", part, pattern.expr), fail, out)
  else
    local name = self:hidden("value")
    out[#out + 1] = self:local_names({name}, {part})
    self:test(pattern, name, fail, out)
  end
end

-- Alternatives, one of which must match.
function M:test_either(items, value, fail, out)
  local matched = self:hidden("matched")
  local stmts = {}
  for n, item in ipairs(items) do
    local inner = {}
    if n == #items then
      self:test(item, value, fail, inner)
    else
      local next = self:hidden("next")
      self:test(item, value, next, inner)
      inner[#inner + 1] = self:jump_to(matched)
      inner[#inner + 1] = self:label(next)
    end
    stmts[n] = self:do_stmts(inner)
  end
  stmts[#stmts + 1] = self:label(matched)
  out[#out + 1] = self:do_stmts(stmts)
end

return M

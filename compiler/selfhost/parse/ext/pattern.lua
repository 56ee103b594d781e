-- Destructuring: patterns in `local`, in `for` and among parameters; and what else a parameter may
-- carry. Mirror of compiler/src/parse/ext/pattern.rs.

local state = require "luka.compiler.parse.state"
local expression = require "luka.compiler.parse.expr"
local statement = require "luka.compiler.parse.stmt"
local ext_expr = require "luka.compiler.parse.ext.expr"
local types = require "luka.compiler.parse.ext.types"

local rules = state.rules
local skip, eat, expect_closer = state.skip, state.eat, state.expect_closer
local name, new_binding, fail, malformed =
  state.name, state.new_binding, state.fail, state.malformed
local start, stop_from, kind_ahead = state.start, state.stop_from, state.kind_ahead
local enter, leave, extensions = state.enter, state.leave, state.extensions
local expr, expr_list = expression.expr, expression.expr_list
local attribute, equals = statement.attribute, statement.equals
local initial_values, generic_for_rest = statement.initial_values, statement.generic_for_rest
local hidden_binding, parameter_pattern = ext_expr.hidden_binding, ext_expr.parameter_pattern
local default = ext_expr.default
local annotation = types.annotation

local pattern

-- A name as a binding; nil after an error.
local function add_binding(p)
  local var, name_start, name_stop = name(p)
  return var and new_binding(var, name_start, name_stop, "None")
end

-- Ends a pattern whose text started at `from` here.
local function add_pattern(p, from, node)
  extensions(p)
  node.start, node.stop = from, stop_from(p, from)
  return node
end

-- A pattern that is a name.
local function bind_pattern(p, from, binding)
  return add_pattern(p, from, binding and {kind = "Bind", binding = binding} or {kind = "Error"})
end

-- `['??' exp]`
local function nil_default(p)
  return eat(p, "??") and expr(p) or nil
end

-- A name or a pattern within a pattern.
local function target(p)
  if p.kind ~= "<name>" then
    if p.kind == "<string>" then
      malformed(p, "LocalPattern")
    end
    return pattern(p)
  end
  local from = start(p)
  return bind_pattern(p, from, add_binding(p))
end

-- `'...' [Name] [sep]`: the rest of an array.
local function rest_of_array(p)
  skip(p)
  local rest = p.kind == "<name>" and add_binding(p) or "Ignored"
  local _ = eat(p, ",") or eat(p, ";")
  return rest
end

-- The entries of a pattern of tables, `{key = pattern}`; `value` reads the pattern of an entry, and
-- `entry_default` what may follow it.
local function table_pattern(p, value, entry_default)
  local open = start(p)
  skip(p)
  local entries = {}
  while p.kind ~= "}" do
    local key, key_start, key_stop = name(p)
    if not key then
      break
    end
    local node
    if eat(p, "=") then
      node = value(p)
    else
      node = bind_pattern(p, key_start, new_binding(key, key_start, key_stop, "None"))
    end
    entries[#entries + 1] = {
      key = key,
      key_start = key_start,
      key_stop = key_stop,
      pattern = node,
      default = entry_default(p),
    }
    if not eat(p, ",") and not eat(p, ";") then
      break
    end
  end
  expect_closer(p, "}", "{", open, open)
  return {kind = "Table", entries = entries}
end

-- The same of a pattern of arrays, `[pattern, ...rest]`.
local function array_pattern(p, value, entry_default)
  local open = start(p)
  skip(p)
  local entries, rest = {}, "None"
  while p.kind ~= "]" do
    if p.kind == "..." then
      rest = rest_of_array(p)
      break
    end
    local node = value(p)
    entries[#entries + 1] = {pattern = node, default = entry_default(p)}
    if not eat(p, ",") and not eat(p, ";") then
      break
    end
  end
  expect_closer(p, "]", "[", open, open)
  return {kind = "Array", entries = entries, rest = rest}
end

-- A pattern of a destructuring: `'{' entries '}'` or `'[' entries ']'`.
function pattern(p)
  enter(p)
  local from, kind = start(p), p.kind
  local node
  if p.error then
    node = {kind = "Error"}
  elseif kind == "{" then
    node = table_pattern(p, target, nil_default)
  elseif kind == "[" then
    node = array_pattern(p, target, nil_default)
  else
    malformed(p, "PatternTarget")
    node = {kind = "Error"}
  end
  leave(p, 1)
  return add_pattern(p, from, node)
end

-- `local <attrib> names`, as Lua 5.5 writes it.
local function local_with_attribute(p, from)
  local given = attribute(p)
  local bindings = {}
  repeat
    local var, name_start, name_stop = name(p)
    if not var then
      break
    end
    local own = attribute(p)
    local binding = new_binding(var, name_start, name_stop, own == "None" and given or own)
    bindings[#bindings + 1] = binding
    annotation(p, binding)
  until not eat(p, ",")
  local values = initial_values(p)
  return {kind = "Local", start = from, stop = 0, bindings = bindings, values = values}
end

-- A target of a `local` with patterns; nil after an error.
local function local_target(p)
  local kind = p.kind
  if kind == "{" or kind == "[" then
    local node = pattern(p)
    if eat(p, ":") then
      node.type = types.ty(p)
    end
    return {kind = "Pattern", pattern = node}
  elseif kind == "<name>" then
    local var, name_start, name_stop = name(p)
    local binding = new_binding(var, name_start, name_stop, (attribute(p)))
    annotation(p, binding)
    return {kind = "Name", binding = binding}
  elseif kind == "<string>" then
    malformed(p, "LocalPattern")
  else
    fail(p, {kind = "Expected", wanted = "<name>"})
  end
end

-- The rest of a `local` that precedes a token which is no name, after the variables `bindings`.
function rules.ext_local(p, from, bindings)
  if p.kind == "<" and #bindings == 0 then
    return local_with_attribute(p, from)
  end
  local targets = {}
  for i, binding in ipairs(bindings) do
    targets[i] = {kind = "Name", binding = binding}
  end
  repeat
    local node = local_target(p)
    targets[#targets + 1] = node
  until not node or not eat(p, ",")
  if not equals(p) then
    fail(p, {kind = "Expected", wanted = "="})
  end
  local values = expr_list(p)
  extensions(p)
  return {kind = "ExtLocal", start = from, stop = 0, targets = targets, values = values}
end

-- The rest of a `for … in` with patterns or types, after the variables `vars`. `expects_variable`: a
-- variable is next; otherwise a comma or `in`.
function rules.ext_generic_for(p, from, vars, expects_variable)
  while expects_variable or eat(p, ",") do
    expects_variable = false
    local var
    if p.kind == "{" or p.kind == "[" then
      var = hidden_binding(p)
    else
      var = add_binding(p)
      if not var then
        break
      end
    end
    vars[#vars + 1] = var
    annotation(p, var)
  end
  return generic_for_rest(p, from, vars)
end

-- `[':' type] ['=' exp]` after a parameter.
local function parameter_extras(p, param)
  if p.luka then
    annotation(p, param)
    default(p, param)
  end
end

-- A parameter that is a pattern.
function rules.pattern_parameter(p, params)
  local param = parameter_pattern(p)
  params[#params + 1] = param
  parameter_extras(p, param)
end

-- `[Name] [':' type] [',']` after a function's `...`.
function rules.vararg_extras(p, func)
  if not p.luka then
    return
  end
  if p.kind == "<name>" then
    local var, name_start, name_stop = name(p)
    func.named_vararg = new_binding(var, name_start, name_stop, "Const")
    extensions(p)
  end
  types.vararg_type(p, func)
  if p.kind == "," and (kind_ahead(p, 1) == ")" or kind_ahead(p, 1) == "|") then
    skip(p)
  end
end

rules.pattern = pattern
rules.parameter_extras = parameter_extras

return {
  add_binding = add_binding,
  add_pattern = add_pattern,
  bind_pattern = bind_pattern,
  table_pattern = table_pattern,
  array_pattern = array_pattern,
}

-- Expressions of the extensions. Mirror of compiler/src/parse/ext/expr.rs.

local state = require "luka.compiler.parse.state"
local expression = require "luka.compiler.parse.expr"
local functions = require "luka.compiler.parse.func"
local equals = require "luka.compiler.parse.stmt".equals
local types = require "luka.compiler.parse.ext.types"

local rules = state.rules
local skip, eat, expect, expect_closer = state.skip, state.eat, state.expect, state.expect_closer
local name, new_binding, fail, error_expr =
  state.name, state.new_binding, state.fail, state.error_expr
local start, stop_from, kind_ahead = state.start, state.stop_from, state.kind_ahead
local extensions, malformed = state.extensions, state.malformed
local expr, suffix = expression.expr, expression.suffix
local reserve, block = functions.reserve, functions.block

-- Keeps a node that does not outlive `lower`.
local function add_extension(p, node)
  local exprs = extensions(p).exprs
  exprs[#exprs + 1] = node
  return node
end

-- `if c then a {elseif d then b} else e`
local function if_expression(p)
  local from = start(p)
  local items = {}
  repeat
    skip(p)
    if p.kind == "local" then
      malformed(p, "LocalCondition")
    end
    items[#items + 1] = expr(p)
    expect(p, "then")
    items[#items + 1] = expr(p)
  until p.kind ~= "elseif"
  expect(p, "else")
  items[#items + 1] = expr(p)
  extensions(p)
  return {kind = "If", start = from, stop = p.stop, items = items}
end

-- Takes a piece of text.
local function text_piece(p)
  local at = p.at
  skip(p)
  return {kind = "Str", start = p.starts[at], stop = p.stop, value = p.values[at]}
end

-- An interpolated string, from its first piece on.
local function interpolated(p)
  local from = start(p)
  local is_last = p.kind == "<interpolated string>"
  local items = {text_piece(p)}
  while not is_last do
    local kind = p.kind
    if kind == "<middle of an interpolated string>"
      or kind == "<end of an interpolated string>"
    then
      malformed(p, "EmptyHole")
      break
    end
    items[#items + 1] = expr(p)
    is_last = p.kind == "<end of an interpolated string>"
    if not is_last and p.kind ~= "<middle of an interpolated string>" then
      malformed(p, "HoleEnd")
      break
    end
    items[#items + 1] = text_piece(p)
  end
  return add_extension(p, {kind = "Interpolated", start = from, stop = p.stop, items = items})
end

-- Is the `::` here a cast's? One before a name and another `::` is a label's.
function rules.is_cast(p)
  return p.luka and not (kind_ahead(p, 1) == "<name>" and kind_ahead(p, 2) == "::")
end

-- `:: type`, after `inner`.
function rules.cast(p, inner, from)
  skip(p)
  local ty = types.ty(p)
  if types.is_split(p) then
    fail(p, {kind = "Unexpected"})
  end
  return add_extension(p, {kind = "Cast", start = from, stop = p.stop, expr = inner, ty = ty})
end

-- `...` of a function that has a table for its varargs.
function rules.named_vararg(p, from)
  return add_extension(p, {kind = "NamedVararg", start = from, stop = p.stop, func = p.vararg})
end

-- What follows a `?.`, after `link`; nil is an error.
local function behind_link(p, link, from)
  local kind = p.kind
  if kind == "<name>" then
    local field = name(p)
    return {kind = "Field", start = from, stop = p.stop, object = link, name = field}
  elseif kind == "[" or kind == "(" or kind == ":" then
    return suffix(p, link, from)
  end
  malformed(p, "OptionalName")
end

-- `?.` and the rest of the suffixes.
function rules.optional_chain(p, left, from)
  local node = left
  while node do
    left = node
    if p.kind == "?." then
      skip(p)
      extensions(p)
      left = {kind = "OptionalLink", start = from, stop = p.stop, expr = left}
      node = behind_link(p, left, from)
    else
      node = suffix(p, left, from)
    end
  end
  return {kind = "Optional", start = from, stop = p.stop, expr = left}
end

-- An interpolated string right after `callee`, which is not a call.
function rules.interpolated_call(p, callee)
  -- `match` may be a keyword, and the string its value.
  if callee.kind ~= "Name" or callee.name ~= "match" then
    malformed(p, "InterpolatedCall")
  end
  return callee
end

-- Is the expression a field or an item?
function rules.is_assignable(node)
  return node.kind == "Field" or node.kind == "Index"
end

-- `'->' (exp | do block end)`
local function short_body(p, func, params, is_vararg, from)
  local outer_vararg, outer_uses = p.vararg, p.vararg_uses
  p.vararg = is_vararg and (not func.named_vararg or func)
  local arrow = start(p)
  skip(p)
  if p.kind == "do" then
    local open_at = start(p)
    skip(p)
    func.body = block(p, open_at)
    func.end_at = start(p)
    expect_closer(p, "end", "do", open_at, open_at)
  else
    local value_from = start(p)
    local value = expr(p)
    local stop = stop_from(p, value_from)
    local stmt = {kind = "Return", start = value_from, stop = stop, values = {value}}
    func.body = {stmts = {stmt}, open_at = arrow, close_at = start(p)}
    func.end_at = p.starts[p.at - 1]
  end
  func.params, func.is_vararg, func.complete = params, is_vararg, not p.error
  func.start, func.stop, func.line_at = from, p.stop, from
  func.short = true
  p.vararg, p.vararg_uses = outer_vararg, outer_uses
  extensions(p)
  return {kind = "Function", start = from, stop = p.stop, func = func}
end

-- `->` and the body, after the parameter `param`.
function rules.short_function_of_name(p, param, from)
  if param.kind ~= "Name" then
    return param
  end
  local func = reserve(p)
  local binding = new_binding(param.name, param.start, param.stop, "None")
  return short_body(p, func, {binding}, false, from)
end

-- Is the `|` the second one of a `||`, as in other languages?
local function is_double_bar(p)
  local at = p.at
  if at == 1 or p.kinds[at - 1] ~= "|" or p.stops[at - 1] ~= p.starts[at] then
    return false
  end
  for ahead = 1, 63 do
    if kind_ahead(p, ahead) == "|" and kind_ahead(p, ahead + 1) == "->" then
      return false
    end
  end
  return true
end

-- A pattern where a name is usual; its value gets a name of its own when the tree is lowered.
local function hidden_binding(p)
  local from = start(p)
  local pattern = rules.pattern(p)
  local binding = new_binding("(pattern)", from, stop_from(p, from), "None")
  extensions(p)
  binding.pattern = pattern
  return binding
end

-- A parameter that is a pattern.
local function parameter_pattern(p)
  -- In its defaults, too, `...` has no value yet.
  local vararg = p.vararg
  p.vararg = false
  local binding = hidden_binding(p)
  p.vararg = vararg
  return binding
end

-- A name or a pattern; nil after an error.
local function short_parameter(p)
  if p.kind == "<name>" then
    local param, name_start, name_stop = name(p)
    return new_binding(param, name_start, name_stop, "None")
  elseif p.kind == "{" or p.kind == "[" then
    return parameter_pattern(p)
  end
  malformed(p, "ShortParameter")
end

-- `'|' [parameters] '|' '->' body`
local function short_function(p)
  local from = start(p)
  if is_double_bar(p) then
    fail(p, {kind = "Unexpected"})
    return error_expr(p)
  end
  skip(p)
  local func = reserve(p)
  local params, is_vararg = {}, false
  while p.kind ~= "|" do
    if p.kind == "..." then
      skip(p)
      is_vararg = true
      rules.vararg_extras(p, func)
    elseif p.kind == "(" then
      local open = start(p)
      skip(p)
      local param = short_parameter(p)
      params[#params + 1] = param
      if param then
        rules.parameter_extras(p, param)
      end
      expect_closer(p, ")", "(", open, open)
    else
      params[#params + 1] = short_parameter(p)
    end
    if is_vararg or not eat(p, ",") then
      break
    end
  end
  if not eat(p, "|") then
    malformed(p, "ShortParameter")
  end
  if p.kind ~= "->" then
    fail(p, {kind = "Expected", wanted = "->"})
    return error_expr(p)
  end
  return short_body(p, func, params, is_vararg, from)
end

-- An operand that starts with a token of the extensions.
function rules.operand(p, first)
  if first == "if" then
    return if_expression(p)
  elseif first == "|" then
    return short_function(p)
  end
  return interpolated(p)
end

-- `['=' exp]` of a parameter.
local function default(p, param)
  if equals(p) then
    -- `...` has no value yet.
    local vararg = p.vararg
    p.vararg = false
    param.default = expr(p)
    p.vararg = vararg
    extensions(p)
  end
end

return {
  default = default,
  hidden_binding = hidden_binding,
  parameter_pattern = parameter_pattern,
}

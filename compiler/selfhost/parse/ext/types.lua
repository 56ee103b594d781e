-- Type annotations: Luau's grammar. They are kept for tools and have no effect on the program. Mirror of
-- compiler/src/parse/ext/types.rs.

local state = require "luka.compiler.parse.state"
local expr = require "luka.compiler.parse.expr".expr
local statement = require "luka.compiler.parse.stmt"
local word = require "luka.compiler.parse.ext.soft".word

local rules = state.rules
local skip, eat, expect, expect_closer = state.skip, state.eat, state.expect, state.expect_closer
local name, fail, malformed = state.name, state.fail, state.malformed
local start, stop_from, kind_ahead = state.start, state.stop_from, state.kind_ahead
local enter, leave, extensions = state.enter, state.leave, state.extensions
local equals, numeric_for, error_stmt =
  statement.equals, statement.numeric_for, statement.error_stmt
local sub = string.sub

local ty, results, function_type, generics

-- The bytes of the current token a type has not taken, if it has taken some.
local function rest(p)
  if p.split_taken > 0 and p.split_at == p.at then
    return sub(p.kind, p.split_taken + 1)
  end
end

-- Has a type taken only the first bytes of the current token?
local function is_split(p)
  return rest(p) ~= nil
end

-- Takes the rest of a token that is a `=`.
function rules.rest_is_equals(p)
  local found = rest(p) == "="
  if found then
    skip(p)
  end
  return found
end

-- Takes one `>`, which may be the first of a longer token.
local function close_angle(p)
  local text = rest(p) or p.kind
  if text == ">" then
    skip(p)
  elseif text == ">>" or text == ">=" or text == ">>=" then
    p.split_at, p.split_taken = p.at, #p.kind - #text + 1
  else
    fail(p, {kind = "Expected", wanted = ">"})
  end
end

-- Ends a type whose text started at `from` here.
local function add_type(p, from, node)
  extensions(p)
  node.start, node.stop = from, stop_from(p, from)
  return node
end

local STARTS_WITH_ANGLE <const> = {[">"] = true, [">>"] = true, [">="] = true, [">>="] = true}

-- `Name ['.' Name] ['<' types '>'] | typeof '(' exp ')'`
local function named_type(p)
  local from = start(p)
  local is_typeof = word(p, 0) == "typeof" and kind_ahead(p, 1) == "("
  local last = name(p)
  if is_typeof then
    local open = start(p)
    skip(p)
    local value = expr(p)
    expect_closer(p, ")", "(", open, open)
    return add_type(p, from, {kind = "Typeof", expr = value})
  end
  local prefix, args
  if eat(p, ".") then
    prefix, last = last, name(p)
    if not last then
      return add_type(p, from, {kind = "Error"})
    end
  end
  if eat(p, "<") then
    args = {}
    while not is_split(p) and not STARTS_WITH_ANGLE[p.kind] do
      args[#args + 1] = results(p)
      if not eat(p, ",") then
        break
      end
    end
    close_angle(p)
  end
  return add_type(p, from, {kind = "Named", prefix = prefix, name = last, args = args})
end

-- `read` or `write` before a field?
local function is_access(p)
  local text = word(p, 0)
  if text == "read" or text == "write" then
    local next = kind_ahead(p, 1)
    return next == "<name>" or next == "["
  end
  return false
end

-- A field of a table type; nil after an error.
local function type_field(p)
  local field = {}
  if is_access(p) then
    field.access = name(p)
  end
  if eat(p, "[") then
    if p.kind == "<string>" and kind_ahead(p, 1) == "]" then
      field.key_kind, field.key = "Str", p.values[p.at]
      skip(p)
    else
      field.key_kind, field.key = "Index", ty(p)
    end
    expect(p, "]")
  else
    field.key_kind, field.key = "Name", name(p)
    if not field.key then
      return nil
    end
  end
  expect(p, ":")
  field.value = ty(p)
  return field
end

-- `'{' type '}' | '{' {field (',' | ';')} '}'`
local function table_type(p)
  local from = start(p)
  skip(p)
  local fields = {}
  while p.kind ~= "}" do
    local is_field = p.kind == "["
      or p.kind == "<name>" and (kind_ahead(p, 1) == ":" or is_access(p))
    if not is_field and #fields == 0 then
      local item = ty(p)
      expect_closer(p, "}", "{", from, from)
      return add_type(p, from, {kind = "Array", ty = item})
    end
    local field = type_field(p)
    if not field then
      break
    end
    fields[#fields + 1] = field
    if not eat(p, ",") and not eat(p, ";") then
      break
    end
  end
  expect_closer(p, "}", "{", from, from)
  return add_type(p, from, {kind = "Table", fields = fields})
end

-- Types that are one token.
local LITERAL <const> = {
  ["nil"] = "Nil",
  ["true"] = "Bool",
  ["false"] = "Bool",
  ["<string>"] = "Str",
}

local function simple_type(p)
  local from, kind = start(p), p.kind
  local literal = LITERAL[kind]
  if literal then
    local value
    if literal == "Str" then
      value = p.values[p.at]
    elseif literal == "Bool" then
      value = kind == "true"
    end
    skip(p)
    return add_type(p, from, {kind = literal, value = value})
  elseif kind == "<name>" then
    return named_type(p)
  elseif kind == "{" then
    return table_type(p)
  elseif kind == "(" or kind == "<" then
    return function_type(p)
  end
  malformed(p, "Type")
  return add_type(p, from, {kind = "Error"})
end

-- A simple type and the `?` after it.
local function optional_type(p)
  local from = start(p)
  local node = simple_type(p)
  while not is_split(p) and eat(p, "?") do
    node = add_type(p, from, {kind = "Optional", ty = node})
  end
  return node
end

-- The types that `operator` joins to those in `items`.
local function join(p, operator, items)
  while eat(p, operator) do
    items[#items + 1] = optional_type(p)
  end
  return {kind = operator == "|" and "Union" or "Intersection", items = items}
end

-- A type.
function ty(p)
  enter(p)
  local from = start(p)
  if p.error then
    return add_type(p, from, {kind = "Error"})
  end
  if p.kind == "|" or p.kind == "&" then
    skip(p)
  end
  local first = optional_type(p)
  local operator = p.kind
  local joined
  if (operator == "|" or operator == "&") and not is_split(p) then
    joined = join(p, operator, {first})
    if p.kind == "|" or p.kind == "&" then
      malformed(p, "MixedType")
    end
  end
  leave(p, 1)
  return joined and add_type(p, from, joined) or first
end

-- `?`, `|` and `&` after a type that has been read.
local function rest_of_type(p, first, from)
  local node = first
  while eat(p, "?") do
    node = add_type(p, from, {kind = "Optional", ty = node})
  end
  local operator = p.kind
  if operator ~= "|" and operator ~= "&" then
    return node
  end
  return add_type(p, from, join(p, operator, {node}))
end

-- `'...' type`
local function variadic(p)
  local from = start(p)
  skip(p)
  local inner = ty(p)
  return add_type(p, from, {kind = "Variadic", ty = inner})
end

-- A type, or several: `(T, U)`, `...T`, `T...`.
function results(p)
  local from, kind = start(p), p.kind
  if kind == "..." then
    return variadic(p)
  elseif kind == "<name>" and kind_ahead(p, 1) == "..." then
    local pack = name(p)
    skip(p)
    return add_type(p, from, {kind = "GenericPack", name = pack})
  elseif kind == "(" then
    local node = function_type(p)
    -- `(T)?`, `(T) | U`: the parenthesis was only the start.
    if node.kind ~= "Pack" and not is_split(p) then
      return rest_of_type(p, node, from)
    end
    return node
  end
  return ty(p)
end

local SEVERAL <const> = {Variadic = true, GenericPack = true, Pack = true}

-- What parentheses around these types make without an arrow after them.
local function parenthesis(params)
  if #params == 1 and not SEVERAL[params[1].ty.kind] then
    return {kind = "Paren", ty = params[1].ty}
  end
  local items = {}
  for i, param in ipairs(params) do
    items[i] = param.ty
  end
  return {kind = "Pack", items = items}
end

-- `[generics] '(' types ')' ['->' results]`; without the arrow a parenthesis.
function function_type(p)
  enter(p)
  local from = start(p)
  if p.error then
    return add_type(p, from, {kind = "Error"})
  end
  local is_generic = p.kind == "<"
  local type_params = is_generic and generics(p) or {}
  local open = start(p)
  expect(p, "(")
  local params, is_named = {}, false
  while p.kind ~= ")" do
    local param = {}
    if p.kind == "<name>" and kind_ahead(p, 1) == ":" then
      param.name = name(p)
      skip(p)
      is_named = true
    end
    param.ty = results(p)
    params[#params + 1] = param
    if not eat(p, ",") then
      break
    end
  end
  expect_closer(p, ")", "(", open, open)
  local node
  if eat(p, "->") then
    local result = results(p)
    node = {kind = "Function", generics = type_params, params = params, result = result}
  elseif is_generic or is_named then
    fail(p, {kind = "Expected", wanted = "->"})
    node = {kind = "Error"}
  else
    node = parenthesis(params)
  end
  leave(p, 1)
  return add_type(p, from, node)
end

-- `'<' {Name ['...'] ['=' type]} '>'`
function generics(p)
  skip(p)
  local list = {}
  repeat
    local param = name(p)
    if not param then
      break
    end
    local is_pack = eat(p, "...")
    local default = equals(p) and results(p) or nil
    list[#list + 1] = {name = param, is_pack = is_pack, default = default}
  until not eat(p, ",")
  close_angle(p)
  return list
end

-- `[':' type]` after a variable.
local function annotation(p, binding)
  if p.luka and eat(p, ":") then
    binding.type = ty(p)
    extensions(p)
  end
end

-- `':' type`, after the first variable of a `for`.
function rules.typed_for(p, from, first)
  annotation(p, first)
  local kind = p.kind
  if kind == "," or kind == "in" then
    return rules.ext_generic_for(p, from, {first}, false)
  elseif kind == "=" then
    return numeric_for(p, from, first)
  end
  fail(p, {kind = "ForExpected"})
  return error_stmt(from)
end

-- `':' type` after a function's parameters.
function rules.return_annotation(p, func)
  if p.luka and eat(p, ":") then
    func.return_type = results(p)
    extensions(p)
  end
end

-- `'<' names '>'` after a function's name.
function rules.function_generics(p, func)
  if p.luka then
    func.generics = generics(p)
    extensions(p)
  end
end

-- The type of a function's `...`, after it.
local function vararg_type(p, func)
  if eat(p, ":") then
    func.vararg_type = results(p)
    extensions(p)
  end
end

rules.annotation = annotation

return {
  ty = ty,
  is_split = is_split,
  annotation = annotation,
  generics = generics,
  vararg_type = vararg_type,
}

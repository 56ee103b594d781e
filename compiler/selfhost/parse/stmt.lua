-- Statements. Mirror of compiler/src/parse/stmt.rs.

local state = require "luka.compiler.parse.state"
local expression = require "luka.compiler.parse.expr"
local functions = require "luka.compiler.parse.func"
local closes = require "luka.compiler.parse.ext.soft".closes

local rules = state.rules
local skip, eat, expect, expect_closer = state.skip, state.eat, state.expect, state.expect_closer
local name, new_binding, fail, error_expr =
  state.name, state.new_binding, state.fail, state.error_expr
local start, line_at, stop_from = state.start, state.line_at, state.stop_from
local enter, leave = state.enter, state.leave
local expr, expr_list, suffixed = expression.expr, expression.expr_list, expression.suffixed
local block, function_body = functions.block, functions.function_body

-- The rules of statements take where the statement starts; where the node ends is set when they are
-- through.

-- What a rule gives that has met an error.
local function error_stmt(from)
  return {kind = "Error", start = from, stop = 0}
end

-- `do block end` of the statement that an `opener` at `from` began.
local function do_block(p, opener, from)
  local open_at = start(p)
  expect(p, "do")
  local body = block(p, open_at)
  expect_closer(p, "end", opener, from, from)
  return body
end

-- Takes a `=`, which may be the rest of a type's `>=`.
local function equals(p)
  return eat(p, "=") or p.split_taken > 0 and rules.rest_is_equals(p)
end

-- `['=' explist]`
local function initial_values(p)
  return equals(p) and expr_list(p) or {}
end

-- `['<' Name '>']`: the attribute, and where it starts and ends.
local function attribute(p)
  if p.kind ~= "<" then
    return "None"
  end
  local from = start(p)
  skip(p)
  local word, word_start, word_stop = name(p)
  if not word then
    return "None"
  end
  expect(p, ">")
  local attrib = "None"
  if word == "const" then
    attrib = "Const"
  elseif word == "close" then
    attrib = "Close"
  else
    fail(p, {kind = "UnknownAttribute", name = word, start = word_start, stop = word_stop})
  end
  return attrib, from, stop_from(p, from)
end

-- `function Name funcbody`, after `local`.
local function local_function(p, from)
  skip(p)
  local var, name_start, name_stop = name(p)
  if not var then
    return error_stmt(from)
  end
  local binding = new_binding(var, name_start, name_stop, "None")
  local func = function_body(p, from, line_at(p), false)
  return {kind = "LocalFunction", start = from, stop = 0, binding = binding, func = func}
end

-- `attnamelist ['=' explist]`, after `local`.
local function local_variables(p, from)
  local bindings, count = {}, 0
  local has_close = false
  repeat
    if p.kind ~= "<name>" and p.luka then
      return rules.ext_local(p, from, bindings)
    end
    local var, name_start, name_stop = name(p)
    if not var then
      break
    end
    local attrib, attrib_start, attrib_stop = attribute(p)
    count = count + 1
    bindings[count] = new_binding(var, name_start, name_stop, attrib)
    if p.kind == ":" then
      rules.annotation(p, bindings[count])
    end
    if attrib == "Close" then
      if has_close then
        fail(p, {kind = "MultipleToClose", start = attrib_start, stop = attrib_stop})
      end
      has_close = true
    end
  until not eat(p, ",")
  return {kind = "Local", start = from, stop = 0, bindings = bindings, values = initial_values(p)}
end

local function local_statement(p, from)
  skip(p)
  if p.kind == "function" then
    return local_function(p, from)
  end
  return local_variables(p, from)
end

local function if_statement(p, from)
  local arms, otherwise = {}, nil
  repeat
    local at = start(p)
    skip(p)
    if p.kind == "local" and p.luka then
      return rules.if_local(p, from, at, arms)
    end
    local cond = expr(p)
    local then_at = start(p)
    expect(p, "then")
    arms[#arms + 1] = {cond = cond, body = block(p, then_at), at = at}
  until p.kind ~= "elseif"
  if p.kind == "else" then
    local else_at = start(p)
    skip(p)
    otherwise = block(p, else_at)
  end
  expect_closer(p, "end", "if", from, from)
  return {kind = "If", start = from, stop = 0, arms = arms, otherwise = otherwise}
end

local function while_statement(p, from)
  skip(p)
  if p.kind == "local" and p.luka then
    return rules.while_local(p, from)
  end
  local cond = expr(p)
  return {kind = "While", start = from, stop = 0, cond = cond, body = do_block(p, "while", from)}
end

local function repeat_statement(p, from)
  skip(p)
  local body = block(p, from)
  expect_closer(p, "until", "repeat", from, from)
  return {kind = "Repeat", start = from, stop = 0, body = body, cond = expr(p)}
end

local function do_statement(p, from)
  return {kind = "Do", start = from, stop = 0, body = do_block(p, "do", from)}
end

local function break_statement(p, from)
  skip(p)
  return {kind = "Break", start = from, stop = 0}
end

local function goto_statement(p, from)
  skip(p)
  local label = name(p)
  if not label then
    return error_stmt(from)
  end
  return {kind = "Goto", start = from, stop = 0, name = label}
end

local function label_statement(p, from)
  skip(p)
  local label, name_at = name(p)
  expect(p, "::")
  if not label then
    return error_stmt(from)
  end
  return {kind = "Label", start = from, stop = 0, name = label, name_at = name_at}
end

-- Tokens after a `return` without values.
local ENDS_RETURN <const> = {
  ["<eof>"] = true, ["end"] = true, ["else"] = true, ["elseif"] = true, ["until"] = true,
  [";"] = true,
}

-- `return [explist]`
local function return_statement(p, from)
  skip(p)
  local values = {}
  local soft = p.closers and p.kind == "<name>" and closes(p, 0, p.closers)
  if not ENDS_RETURN[p.kind] and not soft then
    values = expr_list(p)
  end
  return {kind = "Return", start = from, stop = 0, values = values}
end

-- `'=' exp ',' exp [',' exp] do block end`
local function numeric_for(p, from, var)
  skip(p)
  local init = expr(p)
  expect(p, ",")
  local limit = expr(p)
  local step = eat(p, ",") and expr(p) or nil
  local body = do_block(p, "for", from)
  return {
    kind = "NumericFor", start = from, stop = 0,
    var = var, init = init, limit = limit, step = step, body = body,
  }
end

-- `in explist do block end`, after the variables.
local function generic_for_rest(p, from, vars)
  expect(p, "in")
  local call_line_at = line_at(p)
  local values = expr_list(p)
  local body = do_block(p, "for", from)
  return {
    kind = "GenericFor", start = from, stop = 0,
    vars = vars, values = values, body = body, line_at = call_line_at,
  }
end

-- `{',' Name} in explist do block end`
local function generic_for(p, from, first)
  local vars = {first}
  while eat(p, ",") do
    if p.kind ~= "<name>" and p.luka then
      return rules.ext_generic_for(p, from, vars, true)
    end
    local var, name_start, name_stop = name(p)
    if not var then
      break
    end
    local binding = new_binding(var, name_start, name_stop, "None")
    vars[#vars + 1] = binding
    if p.kind == ":" then
      rules.annotation(p, binding)
    end
  end
  return generic_for_rest(p, from, vars)
end

local function for_statement(p, from)
  skip(p)
  if (p.kind == "{" or p.kind == "[") and p.luka then
    return rules.ext_generic_for(p, from, {}, true)
  end
  local var, name_start, name_stop = name(p)
  if not var then
    return error_stmt(from)
  end
  local first = new_binding(var, name_start, name_stop, "None")
  local kind = p.kind
  if kind == ":" and p.luka then
    return rules.typed_for(p, from, first)
  elseif kind == "=" then
    return numeric_for(p, from, first)
  elseif kind == "," or kind == "in" then
    return generic_for(p, from, first)
  end
  fail(p, {kind = "ForExpected"})
  return error_stmt(from)
end

-- `function Name {'.' Name} [':' Name] funcbody`
local function function_statement(p, from)
  skip(p)
  local target_from = start(p)
  local first = name(p)
  if not first then
    return error_stmt(from)
  end
  local target = {kind = "Name", start = target_from, stop = p.stop, name = first}
  local is_method = false
  while not is_method and (p.kind == "." or p.kind == ":") do
    is_method = p.kind == ":"
    skip(p)
    local field = name(p)
    if not field then
      return error_stmt(from)
    end
    target = {kind = "Field", start = target_from, stop = p.stop, object = target, name = field}
  end
  local func = function_body(p, from, from, is_method)
  return {kind = "Function", start = from, stop = 0, target = target, func = func}
end

local ASSIGNABLE <const> = {Name = true, Index = true, Field = true}

-- A target of an assignment, which must be assignable.
local function assignment_target(p, target)
  if not ASSIGNABLE[target.kind]
    and not (target.kind == "Optional" and rules.is_assignable(target.expr))
  then
    fail(p, {kind = "NotAStatement", expr = target})
    return error_expr(p)
  end
  return target
end

-- `{',' var} '=' explist`, after the first target. PUC nests one level for each further target.
local function assignment(p, from, first)
  local targets = {assignment_target(p, first)}
  local levels = 0
  while eat(p, ",") do
    local next = suffixed(p)
    enter(p)
    levels = levels + 1
    targets[levels + 1] = assignment_target(p, next)
  end
  expect(p, "=")
  local values = expr_list(p)
  leave(p, levels)
  return {kind = "Assign", start = from, stop = 0, targets = targets, values = values}
end

-- A call, or an assignment.
local function expr_statement(p, from)
  local first = suffixed(p)
  if p.kind == "=" or p.kind == "," then
    return assignment(p, from, first)
  end
  if first.kind ~= "Call" and first.kind ~= "MethodCall" then
    local stmt = p.luka and rules.ext_statement(p, from, first)
    if stmt then
      return stmt
    end
    fail(p, {kind = "NotAStatement", expr = first})
  end
  return {kind = "Call", start = from, stop = 0, expr = first}
end

local STATEMENT <const> = {
  ["local"] = local_statement,
  ["if"] = if_statement,
  ["return"] = return_statement,
  ["for"] = for_statement,
  ["function"] = function_statement,
  ["while"] = while_statement,
  ["repeat"] = repeat_statement,
  ["do"] = do_statement,
  ["break"] = break_statement,
  ["goto"] = goto_statement,
  ["::"] = label_statement,
}

-- One statement, which starts with a `first`.
local function statement(p, first)
  local from = start(p)
  local stmt = (STATEMENT[first] or expr_statement)(p, from)
  stmt.stop = stop_from(p, from)
  if first == "return" then
    eat(p, ";") -- no part of the span
  end
  return stmt
end

rules.statement = statement

return {
  error_stmt = error_stmt,
  do_block = do_block,
  equals = equals,
  initial_values = initial_values,
  attribute = attribute,
  numeric_for = numeric_for,
  generic_for_rest = generic_for_rest,
}

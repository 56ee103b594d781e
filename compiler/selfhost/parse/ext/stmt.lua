-- Statements of the extensions: those that start with a soft keyword, compound assignments, and
-- conditions that declare variables. Mirror of compiler/src/parse/ext/stmt.rs.

local state = require "luka.compiler.parse.state"
local expression = require "luka.compiler.parse.expr"
local functions = require "luka.compiler.parse.func"
local statement = require "luka.compiler.parse.stmt"
local match_statement = require "luka.compiler.parse.ext.matching".match_statement
local add_binding = require "luka.compiler.parse.ext.pattern".add_binding
local soft = require "luka.compiler.parse.ext.soft"
local types = require "luka.compiler.parse.ext.types"

local rules = state.rules
local skip, eat, expect, expect_closer = state.skip, state.eat, state.expect, state.expect_closer
local name, new_binding, fail, malformed =
  state.name, state.new_binding, state.fail, state.malformed
local start, line_at, kind_ahead = state.start, state.line_at, state.kind_ahead
local enter, leave, extensions = state.enter, state.leave, state.extensions
local expr, expr_list, suffixed = expression.expr, expression.expr_list, expression.suffixed
local block, statements, function_body =
  functions.block, functions.statements, functions.function_body
local attribute, do_block, equals = statement.attribute, statement.do_block, statement.equals
local error_stmt, initial_values = statement.error_stmt, statement.initial_values
local closes, word, set = soft.closes, soft.word, soft.set
local annotation = types.annotation

-- The operators of compound assignments.
local COMPOUND <const> = {
  ["+="] = "Add", ["-="] = "Sub", ["*="] = "Mul", ["/="] = "Div", ["//="] = "IDiv", ["%="] = "Mod",
  ["^="] = "Pow", ["..="] = "Concat", ["&="] = "BAnd", ["|="] = "BOr", ["<<="] = "Shl",
  [">>="] = "Shr", ["??="] = "Coalesce",
}

local function is_call(node)
  return node.kind == "Call" or node.kind == "MethodCall"
end

-- Ends a statement that only chunks with extensions have.
local function extension(p, stmt)
  extensions(p)
  return stmt
end

-- `target op= value`
local function compound(p, from, target, op)
  local place = target.kind == "Optional" and target.expr or target
  if not rules.is_assignable(place) and target.kind ~= "Name" then
    malformed(p, "CompoundTarget")
    return error_stmt(from)
  end
  skip(p)
  local value = expr(p)
  return extension(p, {
    kind = "Compound", start = from, stop = 0, target = target, op = op, value = value,
  })
end

local ENDS_BLOCK <const> = set {"end", "else", "elseif", "until", "<eof>"}

-- `continue [';']`, after the word, at the end of a block. Nil: it is none.
local function continue_statement(p, from)
  local semicolon = p.kind == ";" and 1 or 0
  local next = kind_ahead(p, semicolon)
  if ENDS_BLOCK[next] or next == "<name>" and p.closers and closes(p, semicolon, p.closers) then
    return extension(p, {kind = "Continue", start = from, stop = 0})
  end
  if semicolon == 1 then
    skip(p)
    malformed(p, "ContinueLast")
  end
end

-- `const` names or function, after the word.
local function const_statement(p, from)
  extensions(p)
  if eat(p, "function") then
    local binding = add_binding(p)
    if not binding then
      return error_stmt(from)
    end
    binding.attrib = "Const"
    local func = function_body(p, from, line_at(p), false)
    return {kind = "LocalFunction", start = from, stop = 0, binding = binding, func = func}
  end
  local bindings = {}
  repeat
    if p.kind == "{" or p.kind == "[" then
      malformed(p, "ConstPattern")
    end
    local binding = add_binding(p)
    if not binding then
      break
    end
    binding.attrib = "Const"
    bindings[#bindings + 1] = binding
    annotation(p, binding)
  until not eat(p, ",")
  local values = initial_values(p)
  return {kind = "Local", start = from, stop = 0, bindings = bindings, values = values}
end

local function global_attribute(p)
  local attrib = attribute(p)
  if attrib == "Close" then
    malformed(p, "GlobalClose")
  end
  return attrib
end

-- `global` as Lua 5.5 has it, after the word.
local function global(p, from)
  if eat(p, "function") then
    local binding = add_binding(p)
    if not binding then
      return error_stmt(from)
    end
    local func = function_body(p, from, line_at(p), false)
    return extension(p, {
      kind = "GlobalFunction", start = from, stop = 0, binding = binding, func = func,
    })
  end
  local given = global_attribute(p)
  local names, values = {}, {}
  local is_const = given == "Const"
  if not eat(p, "*") then
    is_const = false
    repeat
      local binding = add_binding(p)
      if not binding then
        break
      end
      local own = global_attribute(p)
      binding.attrib = own == "None" and given or own
      names[#names + 1] = binding
      annotation(p, binding)
    until not eat(p, ",")
    values = initial_values(p)
  end
  return extension(p, {
    kind = "ExtGlobal", start = from, stop = 0, names = names, values = values, is_const = is_const,
  })
end

-- `Name ['<' generics '>'] '=' type`, after `type`.
local function type_alias(p, from, exported)
  local alias = name(p)
  if not alias then
    return error_stmt(from)
  end
  local generics = p.kind == "<" and types.generics(p) or {}
  if not equals(p) then
    fail(p, {kind = "Expected", wanted = "="})
  end
  local ty = types.ty(p)
  return extension(p, {
    kind = "Type", start = from, stop = 0,
    name = alias, exported = exported, generics = generics, ty = ty,
  })
end

-- A call, or `do block end`, after `defer`.
local function defer(p, from)
  local uses, at = p.vararg_uses, start(p)
  if p.kind == "do" then
    local body = do_block(p, "do", at)
    return extension(p, {
      kind = "DeferBlock",
      start = from,
      stop = 0,
      body = body,
      uses_vararg = p.vararg_uses > uses,
    })
  end
  local call = suffixed(p)
  if not is_call(call.kind == "Optional" and call.expr or call) then
    malformed(p, "DeferCall")
  end
  return extension(p, {
    kind = "DeferCall",
    start = from,
    stop = 0,
    call = call,
    uses_vararg = p.vararg_uses > uses,
  })
end

-- `[catch Name then block]` of a `try`.
local function catch_block(p)
  if not closes(p, 0, {catch = true}) then
    return nil
  end
  skip(p)
  local binding = add_binding(p)
  if binding then
    annotation(p, binding)
  end
  local open_at = start(p)
  expect(p, "then")
  local body = statements(p, open_at, soft.CATCH)
  return binding and {binding = binding, body = body}
end

-- `do block [catch Name then block] [finally do block] end`, after `try`.
local function try_statement(p, from)
  local uses, try_at = p.vararg_uses, start(p)
  skip(p)
  local body = statements(p, try_at, soft.TRY)
  local body_vararg = p.vararg_uses > uses
  local catch, finally = catch_block(p), nil
  uses = p.vararg_uses
  if closes(p, 0, soft.CATCH) then
    skip(p)
    local open_at = start(p)
    skip(p)
    finally = block(p, open_at)
  end
  local finally_vararg = p.vararg_uses > uses
  expect_closer(p, "end", "do", try_at, from)
  return extension(p, {
    kind = "Try", start = from, stop = 0, body = body, catch = catch, finally = finally,
    body_vararg = body_vararg, finally_vararg = finally_vararg,
  })
end

-- Errors that look like constructs of other languages.
local function almost_statement(p)
  local kind = p.kind
  if kind == "+" and kind_ahead(p, 1) == "+" then
    malformed(p, "Increment")
  elseif kind == "<interpolated string>" or kind == "<start of an interpolated string>" then
    malformed(p, "InterpolatedCall")
  end
end

-- What makes a name a soft keyword, when it follows.
local CONST_FOLLOWS <const> = set {"<name>", "function", "{", "["}
local GLOBAL_FOLLOWS <const> = set {"<", "<name>", "*", "function"}
local CATCH_FOLLOWS <const> = set {"<name>", "then", "do"}

-- The statement that the soft keyword `keyword` begins; nil if it is just a name here.
local function soft_statement(p, from, keyword)
  local next = p.kind
  if keyword == "const" and CONST_FOLLOWS[next] then
    return const_statement(p, from)
  elseif keyword == "global" and GLOBAL_FOLLOWS[next] then
    return global(p, from)
  elseif keyword == "type" and next == "<name>" then
    return type_alias(p, from, false)
  elseif keyword == "export" and word(p, 0) == "type" and kind_ahead(p, 1) == "<name>" then
    skip(p)
    return type_alias(p, from, true)
  elseif keyword == "match" and soft.STARTS_SUBJECT[next] then
    return match_statement(p, from)
  elseif keyword == "defer" and (next == "<name>" or next == "do") then
    return defer(p, from)
  elseif keyword == "try" and next == "do" then
    return try_statement(p, from)
  elseif keyword == "case" and soft.STARTS_PATTERN[next] then
    malformed(p, "CaseOutside")
    return error_stmt(from)
  elseif (keyword == "catch" or keyword == "finally") and CATCH_FOLLOWS[next] then
    local is_unnamed = next == "then" and p.closers and p.closers.catch
    malformed(p, is_unnamed and "CatchName" or "CatchOutside")
    return error_stmt(from)
  end
end

-- The statement that `first` begins, which is neither a call nor followed by `=` or `,`. Nil: it is none
-- of the extensions'.
function rules.ext_statement(p, from, first)
  local op = COMPOUND[p.kind]
  if op then
    return compound(p, from, first, op)
  elseif first.kind == "Optional" then
    return is_call(first.expr) and {kind = "Call", start = from, stop = 0, expr = first} or nil
  elseif first.kind == "Name" then
    if first.name == "continue" then
      return continue_statement(p, from)
    end
    local stmt = soft_statement(p, from, first.name)
    if stmt then
      return stmt
    end
  end
  almost_statement(p)
end

-- `local names '=' explist` as a condition, from `local` on.
local function condition(p)
  skip(p)
  local bindings = {}
  repeat
    local var, name_start, name_stop = name(p)
    if not var then
      break
    end
    local binding = new_binding(var, name_start, name_stop, (attribute(p)))
    bindings[#bindings + 1] = binding
    annotation(p, binding)
  until not eat(p, ",")
  if not equals(p) then
    fail(p, {kind = "Expected", wanted = "="})
  end
  return {kind = "Local", bindings = bindings, values = expr_list(p)}
end

-- The rest of an `if` from the `local` of a condition on, after the arms `plain`; this one's keyword
-- is at `at`.
function rules.if_local(p, from, at, plain)
  local arms, otherwise = {}, nil
  for i, arm in ipairs(plain) do
    arms[i] = {cond = {kind = "Expr", expr = arm.cond}, body = arm.body, at = arm.at}
  end
  local levels = 0
  while true do
    local cond
    if p.kind == "local" then
      -- The later arms are nested in its lowered form.
      enter(p)
      levels = levels + 1
      cond = condition(p)
    else
      cond = {kind = "Expr", expr = expr(p)}
    end
    local then_at = start(p)
    expect(p, "then")
    arms[#arms + 1] = {cond = cond, body = block(p, then_at), at = at}
    if p.kind ~= "elseif" then
      break
    end
    at = start(p)
    skip(p)
  end
  if p.kind == "else" then
    local else_at = start(p)
    skip(p)
    otherwise = block(p, else_at)
  end
  leave(p, levels)
  expect_closer(p, "end", "if", from, from)
  return extension(p, {
    kind = "ExtIf", start = from, stop = 0, arms = arms, otherwise = otherwise,
  })
end

-- `while local …`, from `local` on.
function rules.while_local(p, from)
  local cond = condition(p)
  local body = do_block(p, "while", from)
  return extension(p, {kind = "ExtWhile", start = from, stop = 0, cond = cond, body = body})
end

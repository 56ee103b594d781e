-- Functions and blocks. Mirror of compiler/src/parse/func.rs.

local state = require "luka.compiler.parse.state"
local closes = require "luka.compiler.parse.ext.soft".closes

local rules = state.rules
local skip, eat, expect, expect_closer = state.skip, state.eat, state.expect, state.expect_closer
local name, new_binding, fail = state.name, state.new_binding, state.fail
local start, enter, leave = state.start, state.enter, state.leave

local block

-- Allocates the id of a function, before those of the functions inside it.
local function reserve(p)
  local funcs = p.funcs
  local func = {
    index = #funcs,
    params = {},
    is_vararg = false,
    is_method = false,
    complete = false,
    body = nil,
    start = 0,
    stop = 0,
    line_at = 0,
    end_at = 0,
  }
  funcs[#funcs + 1] = func
  return func
end

-- The whole text: the body of a vararg function.
local function main_function(p)
  local func = reserve(p)
  p.chunk.main = func
  func.start = start(p)
  func.line_at = func.start
  func.is_vararg = true
  func.body = block(p, func.start)
  if p.kind ~= "<eof>" then
    fail(p, {kind = "Expected", wanted = "<eof>"})
  end
  func.stop, func.end_at = start(p), start(p)
  func.complete = not p.error
end

-- `[{Name ','} (Name | '...')]`: the parameters, and whether there is a `...`.
local function parameters(p, func)
  local params = {}
  if p.kind == ")" then
    return params, false
  end
  repeat
    local kind = p.kind
    if kind == "<name>" then
      local param, name_start, name_stop = name(p)
      local binding = new_binding(param, name_start, name_stop, "None")
      params[#params + 1] = binding
      if p.kind == ":" or p.kind == "=" then
        rules.parameter_extras(p, binding)
      end
    elseif kind == "..." then
      skip(p)
      if p.kind == "<name>" or p.kind == ":" or p.kind == "," then
        rules.vararg_extras(p, func)
      end
      return params, true
    elseif (kind == "{" or kind == "[") and p.luka then
      rules.pattern_parameter(p, params)
    elseif kind == ")" and p.luka then
      break
    else
      fail(p, {kind = "ParameterExpected"})
    end
  until not eat(p, ",")
  return params, false
end

-- `'(' [parlist] ')' block end`, after the `function` at `from`; `line_at`: on the line of the
-- definition.
local function function_body(p, from, line_at, is_method)
  local func = reserve(p)
  func.start, func.line_at, func.is_method = from, line_at, is_method
  if p.kind == "<" then
    rules.function_generics(p, func)
  end
  expect(p, "(")
  func.params, func.is_vararg = parameters(p, func)
  local outer_vararg, outer_uses = p.vararg, p.vararg_uses
  p.vararg = func.is_vararg and (not func.named_vararg or func)
  local close_paren = start(p)
  expect(p, ")")
  if p.kind == ":" then
    rules.return_annotation(p, func)
  end
  func.body = block(p, close_paren)
  func.end_at = start(p)
  expect_closer(p, "end", "function", from, line_at)
  func.complete = not p.error
  func.stop = p.stop
  p.vararg, p.vararg_uses = outer_vararg, outer_uses
  return func
end

-- Tokens that end every block.
local CLOSER <const> = {
  ["<eof>"] = true, ["end"] = true, ["else"] = true, ["elseif"] = true, ["until"] = true,
}

-- `{stat} [retstat]` after the token at `open_at`; a soft keyword of `closers` ends it, too, if there
-- are any.
local function statements(p, open_at, closers)
  local statement = rules.statement
  local outer = p.closers
  p.closers = closers
  local stmts, count = {}, 0
  -- PUC reads the labels and semicolons after a label inside that label's statement, one level
  -- deeper each: a run of labels counts as nesting, and no label of the run exists before its end.
  local run, run_base = 0, 0
  local first = p.kind
  while not CLOSER[first] do
    if first == ";" then
      enter(p)
      leave(p, 1)
      eat(p, ";") -- unless that was an error, which has moved to the end of the text
    elseif closers and first == "<name>" and closes(p, 0, closers) then
      break
    else
      if run ~= 0 and first ~= "::" then
        leave(p, run)
        run = 0
      end
      if run == 0 then
        run_base = count
      end
      enter(p)
      if p.error then
        break
      end
      count = count + 1
      stmts[count] = statement(p, first)
      if first == "::" then
        run = run + 1
      else
        leave(p, 1)
      end
      if first == "return" then
        break
      end
    end
    if run ~= 0 and p.error then
      break
    end
    first = p.kind
  end
  if run ~= 0 and p.error then
    for i = count, run_base + 1, -1 do
      stmts[i] = nil
    end
  end
  leave(p, run)
  p.closers = outer
  return {stmts = stmts, open_at = open_at, close_at = start(p)}
end

-- `{stat} [retstat]` after the token at `open_at`.
function block(p, open_at)
  return statements(p, open_at, nil)
end

rules.main_function = main_function
rules.function_body = function_body

return {reserve = reserve, function_body = function_body, block = block, statements = statements}

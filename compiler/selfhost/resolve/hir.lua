-- The resolved tree: what a chunk means once every name is a local variable, an upvalue or a field of
-- `_ENV`, every jump knows its label and every constant expression is folded. Mirror of
-- compiler/src/resolve/hir.rs.
--
-- Nodes are plain tables. `kind` says which; `start` and `stop` are the node's place in the text
-- (byte positions from 0, the end excluded). Leaves may be the very tables of the syntax tree, and
-- the expression of `_ENV` is shared by the globals of a function: nodes are never changed. Left-deep
-- chains may be millions of nodes long and are walked with an explicit stack; everything else nests
-- no deeper than the parser lets it.
--
-- The tree as a whole (`hir.new`):
--   functions     in the order of their text, an enclosing function before the ones in it; the main
--                 chunk first. `functions[f.id + 1] == f`
--   locals        every variable, in order of declaration; `locals[v.id + 1] == v`
--   labels        every label, in the order they are met; `labels[l.id + 1] == l`
--   has_errors    the source has errors: code from this tree is unusable
--
-- A function:
--   id            its number in the module, from 0 (the main chunk)
--   start, stop   from `function` to after `end`; the whole text for the main chunk
--   line_at       a position on the line of the definition
--   end_at        start of the `end`
--   params        its parameters, `self` included: an array of variables; `num_params` of them
--   is_vararg     true or false
--   body          a block
--   upvalues      an array of { name, in_stack, index, kind }: register `index` of the enclosing
--                 function if `in_stack`, else its upvalue `index` (from 0); kind: "Regular",
--                 "Const", "ToClose"
--   children      the functions directly in it, in order
--
-- A variable: local variable, parameter or hidden loop variable:
--   id            its number, from 0
--   name          a string
--   kind          "Regular", "Const", "ToClose", or "Folded": a constant with a value known now,
--                 which has no register; its uses are the value
--   register      in its function, from 0
--   captured      an inner function uses it
--   value         of a "Folded" one: an expression (a leaf)
--
-- A label, the target of `goto` or `break`:
--   id            its number, from 0
--   needs_close   a jump to it leaves the scope of a captured variable
--   ends_at       it ends its block, whose variables are out of scope there: their first register
--
-- A block:
--   stats         an array of statements
--   open_at       start of the token before the block
--   close_at      start of the token after the block
--
-- Expressions, by kind:
--   Error                              stands where the source has an error
--   Nil, True, False, Vararg
--   Int { value }, Float { value }, Str { value }
--   Local { var }                      a variable of this function
--   Upvalue { index }                  from 0
--   Global { env, name }               `name` is a field of the expression `env`
--   Field { object, name }             `object.name`
--   Index { object, key }              `object[key]`
--   Call { callee, args, line_at }     `line_at` is on the line of the call
--   Method { object, name, name_start, name_stop, args, line_at }
--   Function { func }
--   Binary { op, left, right, op_at }  op: "Add", "Sub", "Mul", "Mod", "Pow", "Div", "IDiv", "BAnd",
--                                      "BOr", "BXor", "Shl", "Shr", "Concat", "Eq", "Lt", "Le", "Ne",
--                                      "Gt", "Ge", "And", "Or", "Coalesce"
--   Unary { op, operand }              op: "Neg", "BNot", "Not", "Len"
--   Paren { expr }                     `(e)`, or another place that takes exactly one value
--   Table { items }                    items: an array of { key, value }; no key: positional
--   If { items }                       conditions and values in turn, the last value alone
--   Optional { expr }                  a suffixed expression that ends as nil where an
--   OptionalLink { expr }              OptionalLink in it finds one
--
-- Statements, by kind:
--   Error, Nothing                     emit nothing
--   Local { locals, values }           `locals`: an array of variables
--   LocalFunction { var, func }
--   Function { target, func }          `function a.b:c() … end`
--   Assign { targets, values }
--   Call { expr }
--   Do { body }
--   While { cond, body, exit }         `exit` is the label after the loop
--   Repeat { body, cond, exit }        the condition is inside the body's scope
--   If { arms, otherwise }             arms: an array of { cond, body }; otherwise: block or nil
--   NumericFor { locals, init, limit, step, body, exit }
--                                      locals: three hidden ones, then the visible one; step or nil
--   GenericFor { locals, values, body, exit, line_at }
--                                      locals: four hidden ones, then the visible ones; `line_at`
--                                      is on the line of the iterator's call
--   Return { values }
--   Break { label }
--   Forward { label }                  `goto` to a label further down
--   Backward { label }                 `goto` to a label already seen
--   Label { label }
--   Compound { target, op, value }     `target op= value`, the target's table and key evaluated once

local M = {}

-- A tree without functions.
function M.new()
  return {functions = {}, locals = {}, labels = {}, has_errors = false}
end

-- Adds a variable that is not in scope yet.
function M.add_local(hir, name, kind)
  local locals = hir.locals
  local id = #locals
  local var = {id = id, name = name, kind = kind, register = 0, captured = false}
  locals[id + 1] = var
  return var
end

-- Adds a label.
function M.add_label(hir)
  local labels = hir.labels
  local id = #labels
  local label = {id = id, needs_close = false}
  labels[id + 1] = label
  return label
end

return M

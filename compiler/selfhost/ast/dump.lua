-- The tree as text: one node a line, children indented. Tests compare it with what the Rust compiler
-- prints; people read it. Mirror of compiler/src/ast/dump.rs.

local dump_ext = require "luka.compiler.ast.dump_ext"
local escape = require "luka.compiler.ast.escape"
local types = require "luka.compiler.ast.types"

local ascii = escape.ascii
local concat = table.concat

local UNARY <const> = {Neg = "-", BNot = "~", Not = "not", Len = "#"}

local BINARY <const> = {
  Add = "+", Sub = "-", Mul = "*", Mod = "%", Pow = "^", Div = "/", IDiv = "//", BAnd = "&",
  BOr = "|",
  BXor = "~", Shl = "<<", Shr = ">>", Concat = "..", Eq = "==", Lt = "<", Le = "<=", Ne = "~=",
  Gt = ">", Ge = ">=", And = "and", Or = "or", Coalesce = "??",
}

local ATTRIBUTES <const> = {None = "", Const = " <const>", Close = " <close>"}

-- The writers of nodes give the node's line, and put onto the list `next` what stands below it: pairs of
-- a kind of task and a node.

-- Adds a task.
local function add(next, task, node)
  next[#next + 1] = task
  next[#next + 1] = node
end

-- Adds tasks of one kind.
local function add_all(next, task, nodes)
  for _, node in ipairs(nodes) do
    add(next, task, node)
  end
end

local function bindings_text(bindings)
  local texts = {}
  for i, binding in ipairs(bindings) do
    texts[i] = ascii(binding.name) .. ATTRIBUTES[binding.attrib]
  end
  return concat(texts, ", ")
end

local EXPR <const> = {
  Error = function() return "error" end,
  Nil = function() return "nil" end,
  True = function() return "true" end,
  False = function() return "false" end,
  Int = function(node) return "int " .. node.value end,
  Float = function(node) return "float " .. escape.float(node.value) end,
  Str = function(node) return 'string "' .. ascii(node.value) .. '"' end,
  Vararg = function() return "..." end,
  NamedVararg = function() return "..." end,
  Name = function(node) return "name " .. ascii(node.name) end,
  Function = function(node, next)
    add(next, "func", node.func)
    return "closure"
  end,
  Table = function(node, next)
    add_all(next, "field", node.fields)
    return "table"
  end,
  Index = function(node, next)
    add(next, "expr", node.object)
    add(next, "expr", node.key)
    return "index"
  end,
  Field = function(node, next)
    add(next, "expr", node.object)
    return "field " .. ascii(node.name)
  end,
  Call = function(node, next)
    add(next, "expr", node.callee)
    add_all(next, "expr", node.args)
    return "call at " .. node.line_at
  end,
  MethodCall = function(node, next)
    add(next, "expr", node.object)
    add_all(next, "expr", node.args)
    return "method " .. ascii(node.name) .. " at " .. node.line_at
  end,
  Unary = function(node, next)
    add(next, "expr", node.operand)
    return "unary " .. UNARY[node.op]
  end,
  Binary = function(node, next)
    add(next, "expr", node.lhs)
    add(next, "expr", node.rhs)
    return "binary " .. BINARY[node.op] .. " at " .. node.op_at
  end,
  Paren = function(node, next)
    add(next, "expr", node.expr)
    return "paren"
  end,
  If = function(node, next)
    add_all(next, "expr", node.items)
    return "if expression"
  end,
  Optional = function(node, next)
    add(next, "expr", node.expr)
    return "optional"
  end,
  OptionalLink = function(node, next)
    add(next, "expr", node.expr)
    return "?."
  end,
  Cast = function(node, next)
    add(next, "expr", node.expr)
    return "cast to " .. types.type_text(node.ty)
  end,
  Interpolated = function(node, next)
    add_all(next, "expr", node.items)
    return "interpolated string"
  end,
}

local STMT <const> = {
  Error = function() return "error" end,
  Local = function(node, next)
    add_all(next, "expr", node.values)
    return "local " .. bindings_text(node.bindings)
  end,
  LocalFunction = function(node, next)
    add(next, "func", node.func)
    return "local function " .. ascii(node.binding.name)
  end,
  Assign = function(node, next)
    add_all(next, "expr", node.targets)
    add_all(next, "expr", node.values)
    return "assign " .. #node.targets
  end,
  Call = function(node, next)
    add(next, "expr", node.expr)
    return "do call"
  end,
  Do = function(node, next)
    add(next, "body", node.body)
    return "do"
  end,
  While = function(node, next)
    add(next, "expr", node.cond)
    add(next, "body", node.body)
    return "while"
  end,
  Repeat = function(node, next)
    add(next, "body", node.body)
    add(next, "expr", node.cond)
    return "repeat"
  end,
  If = function(node, next)
    add_all(next, "arm", node.arms)
    if node.otherwise then
      add(next, "else", node.otherwise)
    end
    return "if"
  end,
  NumericFor = function(node, next)
    add(next, "expr", node.init)
    add(next, "expr", node.limit)
    if node.step then
      add(next, "expr", node.step)
    end
    add(next, "body", node.body)
    return "for " .. ascii(node.var.name) .. " ="
  end,
  GenericFor = function(node, next)
    add_all(next, "expr", node.values)
    add(next, "body", node.body)
    return "for " .. bindings_text(node.vars) .. " in, call at " .. node.line_at
  end,
  Function = function(node, next)
    add(next, "expr", node.target)
    add(next, "func", node.func)
    return "function"
  end,
  Return = function(node, next)
    add_all(next, "expr", node.values)
    return "return"
  end,
  Break = function() return "break" end,
  Continue = function() return "continue" end,
  Goto = function(node) return "goto " .. ascii(node.name) end,
  Label = function(node) return "label " .. ascii(node.name) end,
  Compound = function(node, next)
    add(next, "expr", node.target)
    add(next, "expr", node.value)
    return "compound " .. BINARY[node.op] .. "="
  end,
  Global = function(node)
    return "global" .. (node.is_const and " <const> " or " ") .. bindings_text(node.names)
  end,
}
for kind, writer in pairs(dump_ext.statements(add, add_all)) do
  STMT[kind] = writer
end

local function block(role)
  return function(node, next)
    add_all(next, "stmt", node.stmts)
    return ("%s @%d..%d"):format(role, node.open_at, node.close_at)
  end
end

-- A node's line with the node's span after it.
local function with_span(line, node)
  return ("%s @%d..%d"):format(line, node.start, node.stop)
end

local function expr(node, next)
  return with_span(EXPR[node.kind](node, next), node)
end

-- The line of a node, by the kind of task.
local TASK <const> = {
  expr = expr,
  stmt = function(node, next)
    return with_span(STMT[node.kind](node, next), node)
  end,
  func = function(node, next)
    add(next, "body", node.body)
    local params = bindings_text(node.params)
    if node.is_vararg then
      params = params == "" and "..." or params .. ", ..."
    end
    local method = node.is_method and " method" or ""
    local partial = node.complete and "" or " incomplete"
    return with_span(("function#%d(%s)%s%s"):format(node.index, params, method, partial), node)
  end,
  field = function(node, next)
    if node.kind == "Item" then
      return expr(node.value, next)
    elseif node.kind == "Named" then
      add(next, "expr", node.value)
      return "." .. ascii(node.name) .. " ="
    end
    add(next, "expr", node.key)
    add(next, "expr", node.value)
    return "[] ="
  end,
  arm = function(node, next)
    add(next, "expr", node.cond)
    add(next, "then", node.body)
    return "arm @" .. node.at
  end,
}
for _, role in ipairs {"body", "then", "else", "case", "catch", "finally"} do
  TASK[role] = block(role)
end

-- The whole tree as text. Indentation stops growing at 40 levels so that deep chains print in linear
-- space.
local function dump_ast(chunk)
  local out, depth = {}, 0
  -- What is still to be printed: an explicit stack, because chains may be very deep.
  local stack = {"func", chunk.main}
  local top = 2
  while top > 0 do
    local task, node = stack[top - 1], stack[top]
    stack[top - 1], stack[top] = nil, nil
    top = top - 2
    if task == "out" then
      depth = depth - 1
    else
      local next = {}
      local line = TASK[task](node, next)
      out[#out + 1] = (" "):rep(math.min(depth, 40) * 2) .. line .. "\n"
      if #next > 0 then
        depth = depth + 1
        stack[top + 1], stack[top + 2] = "out", false
        top = top + 2
        for i = #next - 1, 1, -2 do
          stack[top + 1], stack[top + 2] = next[i], next[i + 1]
          top = top + 2
        end
      end
    end
  end
  return concat(out)
end

return {dump_ast = dump_ast}

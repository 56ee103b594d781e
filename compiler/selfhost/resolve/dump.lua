-- The resolved tree as text: indented, one statement a line, expressions in prefix form. Mirror of
-- compiler/src/resolve/dump.rs.
--
-- `L3:x` is local variable number 3 with its name, `U0:_ENV` upvalue 0.

local escape = require "luka.compiler.ast.escape"

local quoted, float_text = escape.ascii, escape.float

local M = {}

-- Operators as they are written.
local UNARY = {Neg = "-", BNot = "~", Not = "not", Len = "#"}
local BINARY = {
  Add = "+", Sub = "-", Mul = "*", Mod = "%", Pow = "^", Div = "/", IDiv = "//", BAnd = "&",
  BOr = "|", BXor = "~", Shl = "<<", Shr = ">>", Concat = "..", Eq = "==", Lt = "<", Le = "<=",
  Ne = "~=", Gt = ">", Ge = ">=", And = "and", Or = "or", Coalesce = "??",
}

-- What a variable's kind looks like after its name.
local KIND = {Regular = "", Const = "<const>", ToClose = "<close>", Folded = "<folded>"}

local function variable(var)
  return "L" .. var.id .. ":" .. quoted(var.name) .. (var.captured and "^" or "") .. KIND[var.kind]
end

local function variables(locals, first)
  local all = {}
  for at = first, #locals do
    all[#all + 1] = variable(locals[at])
  end
  return table.concat(all, ", ")
end

local function label(l)
  return "J" .. l.id .. (l.needs_close and " (closes)" or "")
end

-- By kind: the text of a leaf.
local LEAF = {
  Error = function() return "error" end,
  Nil = function() return "nil" end,
  True = function() return "true" end,
  False = function() return "false" end,
  Vararg = function() return "..." end,
  Int = function(_, e) return tostring(e.value) end,
  Float = function(_, e) return float_text(e.value) end,
  Str = function(_, e) return '"' .. quoted(e.value) .. '"' end,
  Local = function(_, e) return "L" .. e.var.id .. ":" .. quoted(e.var.name) end,
  Upvalue = function(func, e)
    return "U" .. e.index .. ":" .. quoted(func.upvalues[e.index + 1].name)
  end,
  Function = function(_, e) return "F" .. e.func.id end,
}

-- Puts commas between the expressions of a list.
local function commas(parts, list)
  for at = 1, #list do
    if at > 1 then parts[#parts + 1] = ", " end
    parts[#parts + 1] = list[at]
  end
end

local function arguments(parts, args)
  parts[#parts + 1] = "("
  commas(parts, args)
  parts[#parts + 1] = ")"
end

-- By kind: the parts of a node, texts and expressions in turn, appended to `parts`.
local PARTS = {
  Global = function(e) return {e.env, ".", quoted(e.name)} end,
  Field = function(e) return {e.object, ".", quoted(e.name)} end,
  Index = function(e) return {e.object, "[", e.key, "]"} end,
  Call = function(e)
    local parts = {e.callee}
    arguments(parts, e.args)
    return parts
  end,
  Method = function(e)
    local parts = {e.object, ":", quoted(e.name)}
    arguments(parts, e.args)
    return parts
  end,
  Binary = function(e) return {"(", BINARY[e.op], " ", e.left, " ", e.right, ")"} end,
  Unary = function(e) return {"(", UNARY[e.op], " ", e.operand, ")"} end,
  Paren = function(e) return {"(one ", e.expr, ")"} end,
  Optional = function(e) return {"(optional ", e.expr, ")"} end,
  OptionalLink = function(e) return {e.expr, "?"} end,
  If = function(e)
    local parts = {"(if"}
    for _, item in ipairs(e.items) do
      parts[#parts + 1] = " "
      parts[#parts + 1] = item
    end
    parts[#parts + 1] = ")"
    return parts
  end,
  Table = function(e)
    local parts = {"{"}
    for at, item in ipairs(e.items) do
      if at > 1 then parts[#parts + 1] = ", " end
      if item.key then
        parts[#parts + 1] = item.key
        parts[#parts + 1] = " = "
      end
      parts[#parts + 1] = item.value
    end
    parts[#parts + 1] = "}"
    return parts
  end,
}

-- An expression of `func`, without recursion: chains may be millions of nodes long.
local function expression(func, e)
  local out, todo, top = {}, {e}, 1
  while top > 0 do
    local next = todo[top]
    todo[top] = nil
    top = top - 1
    if type(next) == "string" then
      out[#out + 1] = next
    else
      local leaf = LEAF[next.kind]
      if leaf then
        out[#out + 1] = leaf(func, next)
      else
        local parts = PARTS[next.kind](next)
        for at = #parts, 1, -1 do
          top = top + 1
          todo[top] = parts[at]
        end
      end
    end
  end
  return table.concat(out)
end

local function expressions(func, list)
  local all = {}
  for at, e in ipairs(list) do
    all[at] = expression(func, e)
  end
  return table.concat(all, ", ")
end

local STATEMENT

-- The statements of a block, one level deeper than `depth`.
local function block(d, b, depth)
  for _, stat in ipairs(b.stats) do
    STATEMENT[stat.kind](d, stat, depth + 1)
  end
end

local function line(d, depth, text)
  local out = d.out
  out[#out + 1] = ("  "):rep(depth)
  out[#out + 1] = text
  out[#out + 1] = "\n"
end

-- By kind: a statement at a depth.
STATEMENT = {
  Error = function(d, _, depth) line(d, depth, "error") end,
  Nothing = function(d, _, depth) line(d, depth, "nothing") end,
  Local = function(d, s, depth)
    line(d, depth, "local " .. variables(s.locals, 1) .. " = " .. expressions(d.func, s.values))
  end,
  LocalFunction = function(d, s, depth)
    line(d, depth, "local function " .. variable(s.var) .. " = F" .. s.func.id)
  end,
  Function = function(d, s, depth)
    line(d, depth, "function " .. expression(d.func, s.target) .. " = F" .. s.func.id)
  end,
  Assign = function(d, s, depth)
    line(
      d,
      depth,
      "assign " .. expressions(d.func, s.targets) .. " = " .. expressions(d.func, s.values)
    )
  end,
  Compound = function(d, s, depth)
    local target, value = expression(d.func, s.target), expression(d.func, s.value)
    line(d, depth, "compound " .. target .. " " .. BINARY[s.op] .. "= " .. value)
  end,
  Call = function(d, s, depth) line(d, depth, expression(d.func, s.expr)) end,
  Do = function(d, s, depth)
    line(d, depth, "do")
    block(d, s.body, depth)
  end,
  While = function(d, s, depth)
    line(d, depth, "while " .. expression(d.func, s.cond) .. " exit " .. label(s.exit))
    block(d, s.body, depth)
  end,
  Repeat = function(d, s, depth)
    line(d, depth, "repeat exit " .. label(s.exit))
    block(d, s.body, depth)
    line(d, depth, "until " .. expression(d.func, s.cond))
  end,
  If = function(d, s, depth)
    for _, arm in ipairs(s.arms) do
      line(d, depth, "if " .. expression(d.func, arm.cond))
      block(d, arm.body, depth)
    end
    if s.otherwise then
      line(d, depth, "else")
      block(d, s.otherwise, depth)
    end
  end,
  NumericFor = function(d, s, depth)
    local init, limit = expression(d.func, s.init), expression(d.func, s.limit)
    local step = s.step and expression(d.func, s.step) or "1"
    local range = init .. ", " .. limit .. ", " .. step
    line(d, depth, "for " .. variable(s.locals[4]) .. " = " .. range .. " exit " .. label(s.exit))
    block(d, s.body, depth)
  end,
  GenericFor = function(d, s, depth)
    local vars, values = variables(s.locals, 5), expressions(d.func, s.values)
    line(d, depth, "for " .. vars .. " in " .. values .. " exit " .. label(s.exit))
    block(d, s.body, depth)
  end,
  Return = function(d, s, depth) line(d, depth, "return " .. expressions(d.func, s.values)) end,
  Break = function(d, s, depth) line(d, depth, "break " .. label(s.label)) end,
  Forward = function(d, s, depth) line(d, depth, "goto " .. label(s.label)) end,
  Backward = function(d, s, depth) line(d, depth, "goto back " .. label(s.label)) end,
  Label = function(d, s, depth) line(d, depth, "label " .. label(s.label)) end,
}

-- All functions of `hir`, the main function first.
function M.dump_hir(hir)
  local d = {out = {}, func = nil}
  for _, func in ipairs(hir.functions) do
    d.func = func
    local params = variables(func.params, 1)
    if func.is_vararg then
      params = params .. (params == "" and "..." or ", ...")
    end
    line(d, 0, "function F" .. func.id .. " (" .. params .. ")")
    for at, up in ipairs(func.upvalues) do
      local from = up.in_stack and "register " or "upvalue "
      line(d, 1, "upvalue U" .. at - 1 .. ":" .. quoted(up.name) .. " = " .. from .. up.index)
    end
    block(d, func.body, 0)
  end
  return table.concat(d.out)
end

return M

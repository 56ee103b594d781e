-- Expressions: casts are removed, interpolated strings become calls of `format`. Mirror of
-- compiler/src/lower/expr.rs.

local M = {}

-- Holes of one call of `format`: a call has no more than about 250 arguments.
local HOLES <const> = 100

-- Lowers the expressions that do not depend on where they stand, parts before wholes.
function M:expressions(list)
  for _, node in ipairs(list) do
    if node.kind == "Cast" then
      local ty = node.ty
      self.become(node, node.expr)
      -- Who looks for the names in an expression looks here too.
      node.ty = ty
    elseif node.kind == "Interpolated" then
      self:at(node.start, node.stop)
      self.become(node, self:interpolated(node.items))
    elseif node.kind == "NamedVararg" then
      self:at(node.start, node.stop)
      local tables, func = self.vararg_tables, node.func
      tables[func] = tables[func] or self:hidden "varargs"
      self.become(node, self:elements(tables[func]))
    end
  end
end

-- `table.unpack(v, 1, n)` of a vararg table, where `n` is `v.n` if that is an integer from 0 to 2^30 - 1,
-- as Lua 5.5 checks it.
function M:elements(hidden)
  local function count()
    return self:field(self:name(hidden), "n")
  end
  local is_integer = self:binary("Eq", self:call("math.type", {count()}), self:text "integer")
  local not_negative = self:binary("Ge", count(), self:int(0))
  local not_large = self:binary("Le", count(), self:int((1 << 30) - 1))
  local is_proper = self:binary("And", self:binary("And", is_integer, not_negative), not_large)
  local failure = self:call("error", {self:text "vararg table has no proper 'n'"})
  local n = self:expr {kind = "If", items = {is_proper, count(), failure}}
  return self:call("table.unpack", {self:name(hidden), self:int(1), n})
end

-- ``  `a {b} c` `` is `("a %s c"):format(b)`.
function M:interpolated(items)
  local count = #items
  if count == 1 then return items[1] end
  local whole
  local group = 2 * HOLES
  for first = 1, count - 1, group do
    local last = math.min(first + group, count) - 1
    local format, holes = {}, {}
    for at = first, last, 2 do
      format[#format + 1] = self.format_text(items[at])
      -- A hole without text after it is one that an error has cut off.
      if at + 1 < count then
        format[#format + 1] = "%s"
        holes[#holes + 1] = items[at + 1]
      end
    end
    if last == count - 1 then
      format[#format + 1] = self.format_text(items[count])
    end
    -- One value of each.
    if #holes > 0 then
      holes[#holes] = self:one_value(holes[#holes])
    end
    local call = self:format_call(table.concat(format), holes)
    whole = whole and self:binary("Concat", whole, call) or call
  end
  return whole
end

-- A piece of text as a format shows it.
function M.format_text(piece)
  if piece.kind ~= "Str" then return "" end
  return (piece.value:gsub("%%", "%%%%"))
end

function M:format_call(format, holes)
  return self:expr {
    kind = "MethodCall",
    object = self:text(format),
    name = "format",
    name_start = self.start,
    name_stop = self.stop,
    args = holes,
    line_at = self.start,
  }
end

local MULTI = {Call = true, MethodCall = true, Vararg = true, NamedVararg = true}

-- Can the expression have any number of values?
function M.is_multi(node)
  return MULTI[node.kind] or false
end

-- The expression, in parentheses if it can have several values.
function M:one_value(node)
  if self.is_multi(node) then return self:expr {kind = "Paren", expr = node} end
  return node
end

return M

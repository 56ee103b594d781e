-- Constant folding, exactly as PUC Lua 5.4 does it (`constfolding` in its `lcode.c`): arithmetic and
-- bitwise operators on numerals, never with a result of NaN or a float zero, never where the
-- operation could raise an error. `^` is left to run time. Mirror of compiler/src/resolve/fold.rs.
--
-- The operators of the host do the arithmetic; that they round, wrap and shift as the Rust compiler
-- does is what Lua 5.4 promises.

local math_type, tointeger = math.type, math.tointeger

local M = {}

local CONSTANT = {Nil = true, True = true, False = true, Int = true, Float = true, Str = true}

-- Kinds of expressions that are constants.
M.CONSTANT = CONSTANT

-- Is `left op right` the constant `left` whatever `right` is? (PUC does not fold this, so a
-- `<const>` variable with such a value has a register.)
function M.decides(op, left)
  local kind = left.kind
  if op == "And" then return kind == "Nil" or kind == "False" end
  if op == "Or" then return CONSTANT[kind] and kind ~= "Nil" and kind ~= "False" end
  return false
end

-- The constant `value`, a number, as a node; nil for NaN and the float zeros.
local function numeral(value, start, stop)
  if math_type(value) == "integer" then
    return {kind = "Int", start = start, stop = stop, value = value}
  elseif value ~= value or value == 0.0 then
    return nil
  end
  return {kind = "Float", start = start, stop = stop, value = value}
end

local function constant(kind, start, stop)
  return {kind = kind, start = start, stop = stop}
end

-- The value of `op e`, if it is known now, as a node from `start` to `stop`.
function M.fold_unary(op, e, start, stop)
  local kind = e.kind
  if op == "Not" then
    if kind == "Nil" or kind == "False" then return constant("True", start, stop) end
    return CONSTANT[kind] and constant("False", start, stop) or nil
  elseif kind ~= "Int" and kind ~= "Float" then
    return nil
  elseif op == "Neg" then
    return numeral(-e.value, start, stop)
  elseif op == "BNot" then
    local n = tointeger(e.value)
    return n and numeral(~n, start, stop)
  end
  return nil
end

-- By operator: the value of two numbers, or nil.
local ARITHMETIC = {
  Add = function(a, b) return a + b end,
  Sub = function(a, b) return a - b end,
  Mul = function(a, b) return a * b end,
  Div = function(a, b)
    if b ~= 0 then return a / b end
  end,
  IDiv = function(a, b)
    if b ~= 0 then return a // b end
  end,
  Mod = function(a, b)
    if b ~= 0 then return a % b end
  end,
}

-- By operator: the value of two integers.
local BITWISE = {
  BAnd = function(a, b) return a & b end,
  BOr = function(a, b) return a | b end,
  BXor = function(a, b) return a ~ b end,
  Shl = function(a, b) return a << b end,
  Shr = function(a, b) return a >> b end,
}

-- The value of `left op right`, if it is known now, as a node from `start` to `stop`.
function M.fold_binary(op, left, right, start, stop)
  local a, b = left.kind, right.kind
  if op == "And" or op == "Or" then
    local is_false = a == "Nil" or a == "False"
    local continues
    if op == "And" then
      continues = CONSTANT[a] and not is_false
    else
      continues = is_false
    end
    if continues and CONSTANT[b] then
      return {kind = b, start = start, stop = stop, value = right.value}
    end
    return nil
  elseif (a ~= "Int" and a ~= "Float") or (b ~= "Int" and b ~= "Float") then
    return nil
  end
  local compute = ARITHMETIC[op]
  local x, y = left.value, right.value
  if not compute then
    compute = BITWISE[op]
    x, y = tointeger(x), tointeger(y)
    if not (compute and x and y) then return nil end
  end
  local value = compute(x, y)
  return value and numeral(value, start, stop)
end

return M

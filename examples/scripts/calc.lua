-- A calculator, its grammar written with `re`: luka calc.lua EXPRESSION...
local re = require "re"

local function operate(a, operator, b)
  if operator == "+" then return a + b end
  if operator == "-" then return a - b end
  if operator == "*" then return a * b end
  return a / b
end

local grammar = re.compile([[
  all    <- %s* sum !.
  sum    <- product (({[+-]} %s* product) >> operate)*
  product <- value (({[*/]} %s* value) >> operate)*
  value  <- number / '(' %s* sum ')' %s*
  number <- ('-'? [0-9]+ ('.' [0-9]+)?) -> tonumber %s*
]], {operate = operate, tonumber = tonumber})

local failed = false
for _, text in ipairs(arg) do
  local value = grammar:match(text)
  failed = failed or not value
  print(value or ("'%s' is no expression"):format(text))
end
os.exit(not failed)

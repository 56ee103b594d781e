-- Closure continuations: a closure for each place in the code, which ends with a tail call of the next one;
-- the height of the stack goes on as an argument.
local words, limit = words, limit
local stack, printed, steps = {}, 0, 0
local at = {}
local function check(height, takes, leaves)
  steps = steps + 1
  if steps > limit then error "steps" end
  if height < takes or height - takes + leaves > 32 then error "stack" end
end
local function code() error "code" end
local function made(op, operand, pc)
  local after = pc + ((op == 2 or op == 10 or op == 11) and 2 or 1)
  local next, target
  -- The closures of later places do not exist yet.
  local function link()
    next = at[after] or code
    target = operand and at[after + operand] or code
  end
  if op == 1 then
    return function(height) check(height, 0, 0) return printed end, link
  elseif op == 2 then
    operand = operand % 4294967296
    return function(height)
      check(height, 0, 1)
      stack[height + 1] = operand
      return next(height + 1)
    end, function() next = at[after] or code end
  elseif op == 3 then
    return function(height)
      check(height, 1, 0)
      printed = printed + stack[height]
      return next(height - 1)
    end, link
  elseif op == 4 then
    return function(height)
      check(height, 2, 2)
      stack[height], stack[height - 1] = stack[height - 1], stack[height]
      return next(height)
    end, link
  elseif op == 5 then
    return function(height)
      check(height, 2, 3)
      stack[height + 1] = stack[height - 1]
      return next(height + 1)
    end, link
  elseif op == 6 then
    return function(height)
      check(height, 2, 1)
      stack[height - 1] = (stack[height] - stack[height - 1]) % 4294967296
      return next(height - 1)
    end, link
  elseif op == 7 then
    return function(height)
      check(height, 2, 1)
      if stack[height - 1] == 0 then error "division" end
      stack[height - 1] = stack[height] % stack[height - 1]
      return next(height - 1)
    end, link
  elseif op == 8 then
    return function(height)
      check(height, 1, 1)
      stack[height] = (stack[height] + 1) % 4294967296
      return next(height)
    end, link
  elseif op == 9 then
    return function(height) check(height, 1, 0) return next(height - 1) end, link
  elseif op == 10 then
    return function(height) check(height, 0, 0) return target(height) end, link
  elseif op == 11 then
    return function(height)
      check(height, 1, 0)
      if stack[height] == 0 then return target(height - 1) end
      return next(height - 1)
    end, link
  end
  return code, link
end
local links = {}
for pc = 1, #words do at[pc], links[pc] = made(words[pc], words[pc + 1], pc) end
for pc = 1, #words do links[pc]() end
return at[1](0)

-- Switched: a chain of comparisons for each instruction. `words` is the program, operands as signed numbers;
-- `limit` is how many steps it may take.
local words, limit = words, limit
local stack, height, pc, steps, printed = {}, 0, 1, 0, 0
local function needs(takes, leaves)
  if height < takes or height - takes + leaves > 32 then error "stack" end
end
while true do
  steps = steps + 1
  if steps > limit then error "steps" end
  local op = words[pc]
  if op == 5 then -- over
    needs(2, 3)
    stack[height + 1] = stack[height - 1]
    height, pc = height + 1, pc + 1
  elseif op == 4 then -- swap
    needs(2, 2)
    stack[height], stack[height - 1] = stack[height - 1], stack[height]
    pc = pc + 1
  elseif op == 11 then -- jz
    needs(1, 0)
    height = height - 1
    pc = pc + 2 + (stack[height + 1] == 0 and words[pc + 1] or 0)
  elseif op == 6 then -- sub
    needs(2, 1)
    stack[height - 1] = (stack[height] - stack[height - 1]) % 4294967296
    height, pc = height - 1, pc + 1
  elseif op == 7 then -- mod
    needs(2, 1)
    if stack[height - 1] == 0 then error "division" end
    stack[height - 1] = stack[height] % stack[height - 1]
    height, pc = height - 1, pc + 1
  elseif op == 8 then -- inc
    needs(1, 1)
    stack[height] = (stack[height] + 1) % 4294967296
    pc = pc + 1
  elseif op == 10 then -- jump
    pc = pc + 2 + words[pc + 1]
  elseif op == 2 then -- push
    needs(0, 1)
    stack[height + 1] = words[pc + 1] % 4294967296
    height, pc = height + 1, pc + 2
  elseif op == 9 then -- drop
    needs(1, 0)
    height, pc = height - 1, pc + 1
  elseif op == 3 then -- print
    needs(1, 0)
    printed = printed + stack[height]
    height, pc = height - 1, pc + 1
  elseif op == 1 then -- halt
    return printed
  else
    error "code"
  end
end

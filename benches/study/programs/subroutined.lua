-- Subroutines: a function for each instruction, found before the program runs; a loop calls them. The machine
-- is a table.
local words, limit = words, limit
local stack = {}
local m = { height = 0, pc = 1, printed = 0, running = true }
local function needs(takes, leaves)
  local height = m.height
  if height < takes or height - takes + leaves > 32 then error "stack" end
  m.height = height - takes + leaves
  return height
end
local routines = {
  [0] = function() error "code" end,
  function() m.running = false end,
  function(operand) stack[needs(0, 1) + 1] = operand % 4294967296 end,
  function() m.printed = m.printed + stack[needs(1, 0)] end,
  function()
    local height = needs(2, 2)
    stack[height], stack[height - 1] = stack[height - 1], stack[height]
  end,
  function()
    local height = needs(2, 3)
    stack[height + 1] = stack[height - 1]
  end,
  function()
    local height = needs(2, 1)
    stack[height - 1] = (stack[height] - stack[height - 1]) % 4294967296
  end,
  function()
    local height = needs(2, 1)
    if stack[height - 1] == 0 then error "division" end
    stack[height - 1] = stack[height] % stack[height - 1]
  end,
  function()
    local height = needs(1, 1)
    stack[height] = (stack[height] + 1) % 4294967296
  end,
  function() needs(1, 0) end,
  function(operand) m.pc = m.pc + operand end,
  function(operand)
    if stack[needs(1, 0)] == 0 then m.pc = m.pc + operand end
  end,
}
local function length(op) return (op == 2 or op == 10 or op == 11) and 2 or 1 end
local routine, size = {}, {}
for pc = 1, #words do
  routine[pc], size[pc] = routines[words[pc]] or routines[0], length(words[pc])
end
local steps = 0
while m.running do
  steps = steps + 1
  if steps > limit then error "steps" end
  local pc = m.pc
  local call = routine[pc] or error "code"
  m.pc = pc + size[pc]
  call(words[pc + 1])
end
return m.printed

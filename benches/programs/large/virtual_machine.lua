-- A machine inside the machine: a small language is compiled to instructions (an assembler with
-- labels), which run once on a loop of comparisons and once as a table of handlers; beside it an
-- interpreter for the eight-letter language whose programs are all brackets.

local format, floor = string.format, math.floor

---------------------------------------------------------------------------------------------------
-- Assembler: text to a list of instructions, labels resolved in a second pass.

local arity = {
  set = 2,
  add = 3,
  sub = 3,
  mul = 3,
  mod = 3,
  less = 3,
  jump = 1,
  unless = 2,
  call = 1,
  ret = 0,
  push = 1,
  pop = 1,
  load = 2,
  store = 2,
  halt = 0,
  move = 2,
  equal = 3,
  div = 3,
}

local function assemble(text)
  local code, labels, pending = {}, {}, {}
  for line in text:gmatch("[^\n]+") do
    line = line:gsub(";.*", "")
    local label = line:match("^(%w+):")
    if label then
      labels[label] = #code + 1
    else
      local op, rest = line:match("^%s*(%a+)%s*(.-)%s*$")
      if op then
        local instr = {op = op}
        for operand in rest:gmatch("[^,%s]+") do
          local register = operand:match("^r(%d+)$")
          local n = register and tonumber(register) or tonumber(operand)
          instr[#instr + 1] = n or operand
          if not n then
            pending[#pending + 1] = {instr, #instr, operand}
          end
        end
        assert(#instr == assert(arity[op], "no such instruction: " .. op), line)
        code[#code + 1] = instr
      end
    end
  end
  for _, p in ipairs(pending) do
    p[1][p[2]] = assert(labels[p[3]], "no such label: " .. p[3])
  end
  return code
end

---------------------------------------------------------------------------------------------------
-- One loop, operations told apart by comparing.

local function run_by_comparing(code, memory)
  local r = {0, 0, 0, 0, 0, 0, 0, 0, 0}
  local stack, sp, pc, steps = {}, 0, 1, 0
  while true do
    local i = code[pc]
    local op = i.op
    pc = pc + 1
    steps = steps + 1
    if op == "add" then
      r[i[1]] = r[i[2]] + r[i[3]]
    elseif op == "sub" then
      r[i[1]] = r[i[2]] - r[i[3]]
    elseif op == "less" then
      r[i[1]] = r[i[2]] < r[i[3]] and 1 or 0
    elseif op == "unless" then
      if r[i[1]] == 0 then
        pc = i[2]
      end
    elseif op == "jump" then
      pc = i[1]
    elseif op == "set" then
      r[i[1]] = i[2]
    elseif op == "move" then
      r[i[1]] = r[i[2]]
    elseif op == "mul" then
      r[i[1]] = r[i[2]] * r[i[3]]
    elseif op == "div" then
      r[i[1]] = floor(r[i[2]] / r[i[3]])
    elseif op == "mod" then
      r[i[1]] = r[i[2]] % r[i[3]]
    elseif op == "equal" then
      r[i[1]] = r[i[2]] == r[i[3]] and 1 or 0
    elseif op == "load" then
      r[i[1]] = memory[r[i[2]]] or 0
    elseif op == "store" then
      memory[r[i[1]]] = r[i[2]]
    elseif op == "push" then
      sp = sp + 1
      stack[sp] = r[i[1]]
    elseif op == "pop" then
      r[i[1]] = stack[sp]
      sp = sp - 1
    elseif op == "call" then
      sp = sp + 1
      stack[sp] = pc
      pc = i[1]
    elseif op == "ret" then
      pc = stack[sp]
      sp = sp - 1
    else
      return r[1], steps
    end
  end
end

---------------------------------------------------------------------------------------------------
-- The same machine as an object with a handler for each operation.

local Machine = {}
Machine.__index = Machine

local handlers = {}

function handlers.set(m, i) m.r[i[1]] = i[2] end
function handlers.move(m, i) m.r[i[1]] = m.r[i[2]] end
function handlers.add(m, i)
  local r = m.r
  r[i[1]] = r[i[2]] + r[i[3]]
end
function handlers.sub(m, i)
  local r = m.r
  r[i[1]] = r[i[2]] - r[i[3]]
end
function handlers.mul(m, i)
  local r = m.r
  r[i[1]] = r[i[2]] * r[i[3]]
end
function handlers.div(m, i)
  local r = m.r
  r[i[1]] = floor(r[i[2]] / r[i[3]])
end
function handlers.mod(m, i)
  local r = m.r
  r[i[1]] = r[i[2]] % r[i[3]]
end
function handlers.less(m, i)
  local r = m.r
  r[i[1]] = r[i[2]] < r[i[3]] and 1 or 0
end
function handlers.equal(m, i)
  local r = m.r
  r[i[1]] = r[i[2]] == r[i[3]] and 1 or 0
end
function handlers.load(m, i) m.r[i[1]] = m.memory[m.r[i[2]]] or 0 end
function handlers.store(m, i) m.memory[m.r[i[1]]] = m.r[i[2]] end
function handlers.jump(m, i) m.pc = i[1] end
function handlers.halt(m) m.running = false end

function handlers.unless(m, i)
  if m.r[i[1]] == 0 then
    m.pc = i[2]
  end
end

function Machine:push(value)
  local sp = self.sp + 1
  self.sp = sp
  self.stack[sp] = value
end

function Machine:pop()
  local sp = self.sp
  self.sp = sp - 1
  return self.stack[sp]
end

function handlers.push(m, i) m:push(m.r[i[1]]) end
function handlers.pop(m, i) m.r[i[1]] = m:pop() end

function handlers.call(m, i)
  m:push(m.pc)
  m.pc = i[1]
end

function handlers.ret(m) m.pc = m:pop() end

local function link(code)
  local linked = {}
  for i, instr in ipairs(code) do
    linked[i] = {run = handlers[instr.op], instr[1], instr[2], instr[3]}
  end
  return linked
end

local function run_by_handlers(code, memory)
  local m = setmetatable({
    r = {0, 0, 0, 0, 0, 0, 0, 0, 0},
    stack = {},
    sp = 0,
    pc = 1,
    memory = memory,
    running = true,
  }, Machine)
  local steps = 0
  while m.running do
    local i = code[m.pc]
    m.pc = m.pc + 1
    steps = steps + 1
    i.run(m, i)
  end
  return m.r[1], steps
end

---------------------------------------------------------------------------------------------------
-- Programs

local primes = assemble [[
    set r2, 2          ; candidate
    set r3, 6000       ; limit
    set r4, 1
    set r1, 0          ; sum
    set r9, 65521
next:
    less r5, r2, r3
    unless r5, done
    load r6, r2        ; crossed out?
    unless r6, prime
    jump step
prime:
    add r1, r1, r2
    mod r1, r1, r9
    mul r7, r2, r2
cross:
    less r5, r7, r3
    unless r5, step
    store r7, r4
    add r7, r7, r2
    jump cross
step:
    add r2, r2, r4
    jump next
done:
    halt
]]

local fibonacci = assemble [[
    set r2, 19
    set r3, 1
    call fib
    halt
fib:                   ; r1 = fib(r2)
    set r4, 2
    less r4, r2, r4
    unless r4, deeper
    move r1, r2
    ret
deeper:
    push r2
    sub r2, r2, r3
    call fib
    pop r2
    push r1
    sub r2, r2, r3
    sub r2, r2, r3
    call fib
    pop r5
    add r1, r1, r5
    ret
]]

local collatz = assemble [[
    set r2, 1          ; start
    set r3, 700
    set r4, 1
    set r5, 2
    set r6, 3
    set r1, 0
again:
    less r7, r2, r3
    unless r7, done
    move r8, r2
walk:
    equal r7, r8, r4
    unless r7, on
    jump stop
on:
    add r1, r1, r4
    mod r7, r8, r5
    unless r7, even
    mul r8, r8, r6
    add r8, r8, r4
    jump walk
even:
    div r8, r8, r5
    jump walk
stop:
    add r2, r2, r4
    jump again
done:
    halt
]]

---------------------------------------------------------------------------------------------------
-- The eight-letter language: runs are folded, brackets matched beforehand.

local function compile_letters(text)
  local code, open = {}, {}
  local i = 1
  while i <= #text do
    local letter = text:sub(i, i)
    if letter:find("[%+%-<>]") then
      local _, last = text:find(
        "^" .. (letter == "+" and "%+" or letter == "-" and "%-" or letter) .. "+",
        i
      )
      code[#code + 1] = {letter, last - i + 1}
      i = last
    elseif letter == "[" then
      code[#code + 1] = {letter}
      open[#open + 1] = #code
    elseif letter == "]" then
      local from = table.remove(open)
      code[#code + 1] = {letter, from}
      code[from][2] = #code
    elseif letter == "." then
      code[#code + 1] = {letter}
    end
    i = i + 1
  end
  return code
end

local function run_letters(code)
  local tape, at, out = {[0] = 0}, 0, {}
  local pc, n = 1, #code
  while pc <= n do
    local instr = code[pc]
    local letter, count = instr[1], instr[2]
    if letter == "+" then
      tape[at] = (tape[at] + count) % 256
    elseif letter == "-" then
      tape[at] = (tape[at] - count) % 256
    elseif letter == ">" then
      at = at + count
      tape[at] = tape[at] or 0
    elseif letter == "<" then
      at = at - count
    elseif letter == "[" then
      if tape[at] == 0 then
        pc = count
      end
    elseif letter == "]" then
      if tape[at] ~= 0 then
        pc = count
      end
    else
      out[#out + 1] = string.char(tape[at])
    end
    pc = pc + 1
  end
  return table.concat(out)
end

-- Three counters inside each other; the innermost is moved into two cells, which are moved on and
-- add up in two more, and these are written after each turn of the outermost.
local function counters(outer, middle, inner)
  local plus = function(n) return ("+"):rep(n) end
  local move = "[->+>+<<]>[->>+<<]>[->>++<<]<<"
  return plus(outer) .. "[>" .. plus(middle) .. "[>" .. plus(inner) .. move .. "<-]>>>>.>.<<<<<<-]"
end

---------------------------------------------------------------------------------------------------

local programs = {{"primes", primes}, {"fibonacci", fibonacci}, {"collatz", collatz}}
for _, program in ipairs(programs) do
  local name, code = program[1], program[2]
  local linked = link(code)
  local a, b, steps, count
  for _ = 1, 10 do
    a, steps = run_by_comparing(code, {})
    b, count = run_by_handlers(linked, {})
    assert(a == b and steps == count)
  end
  print(format("%s: %d after %d steps", name, a, steps))
end
local letters = compile_letters(counters(120, 120, 9))
local text = run_letters(letters)
local sum = 0
for i = 1, #text do
  sum = (sum * 31 + text:byte(i)) % 65521
end
print(#letters, #text, sum)

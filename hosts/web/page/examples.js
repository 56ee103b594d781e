// The pages of the playground that teach the language.
export const examples = [
  {
    title: "1 Hello",
    text: `-- Press Run, or Ctrl+Enter. Output is on the right.
print("Hello, world")

-- Variables are local; text in backquotes has holes.
local name = "Luka"
local n = 3
print(\`{name} counts to {n}:\`)
for i = 1, n do
  print(i, i * i, i / 2)
end
`,
  },
  {
    title: "2 Tables",
    text: `-- A table is a list, a dictionary, or both.
local list = { "a", "b", "c" }
list[#list + 1] = "d"
for i, v in ipairs(list) do
  print(i, v)
end

local point = { x = 1, y = 2 }
point.z = point.x + point.y
for _, key in ipairs { "x", "y", "z" } do
  print(key, point[key])
end
-- What is not there is nil; ?. and ?? deal with it.
print(point.color?.name ?? "no color")
`,
  },
  {
    title: "3 Functions and closures",
    text: `local function counter(start = 0)
  local n = start
  return function()
    n += 1
    return n
  end
end

local a, b = counter(), counter(10)
print(a(), a(), b(), a())

-- Functions are values, and can be short.
local words = { "pear", "fig", "banana" }
table.sort(words, |x, y| -> #x < #y)
print(table.concat(words, " "))
`,
  },
  {
    title: "4 Matching",
    text: `local function describe(value)
  match value do
    case 0 then return "zero"
    case 1 | 2 | 3 then return "a few"
    case [x, y] then return \`a pair of {x} and {y}\`
    case { name } if name then return \`something called {name}\`
    else return type(value)
  end
end

print(describe(0))
print(describe { 3, 4 })
print(describe { name = "Ada" })
print(describe(true))
`,
  },
  {
    title: "5 Objects",
    text: `local Account = {}
Account.__index = Account

function Account.new(owner)
  return setmetatable({ owner = owner, balance = 0 }, Account)
end

function Account:deposit(amount)
  if amount <= 0 then
    error("an amount is positive")
  end
  self.balance += amount
end

local mine = Account.new("Ada")
mine:deposit(100)
print(mine.owner, mine.balance)
print(pcall(mine.deposit, mine, -1))
`,
  },
  {
    title: "6 Coroutines",
    text: `-- A coroutine is a function that can pause.
local function fibonacci()
  local a, b = 0, 1
  while true do
    coroutine.yield(a)
    a, b = b, a + b
  end
end

local next_one = coroutine.wrap(fibonacci)
for _ = 1, 10 do
  print(next_one())
end
`,
  },
  {
    title: "7 Several files",
    text: `local shapes = require("shapes")

for _, shape in ipairs { shapes.circle(1), shapes.square(2) } do
  print(shape.kind, shape.area)
end
`,
    files: {
      "shapes.lua": `local shapes = {}

function shapes.circle(r)
  return { kind = "circle", area = math.pi * r ^ 2 }
end

function shapes.square(a)
  return { kind = "square", area = a * a }
end

return shapes
`,
    },
  },
  {
    title: "8 Back in time",
    text: `-- Run this, open the pane Machine, and move the slider: any moment of the
-- program can be looked at. Step shows it instruction by instruction.
local function hanoi(n, from, to, via)
  if n == 0 then
    return 0
  end
  local moves = hanoi(n - 1, from, via, to)
  if n > 3 then
    print(\`disc {n}: {from} to {to}\`)
  end
  return moves + 1 + hanoi(n - 1, via, to, from)
end

print(hanoi(6, "left", "right", "middle"), "moves")
`,
  },
];

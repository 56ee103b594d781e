-- `.` for `:` and the other way round.
local Account = {}
Account.__index = Account
function Account.new(balance) return setmetatable({ balance = balance }, Account) end
function Account:deposit(n) self.balance = self.balance + n end
function Account:show() print(self.balance) end
function Account.zero() return 0 end
local a = Account.new(1)
a.deposit(5)
a.show()
Account.show()
a.deposit(a, 5)
Account.deposit(a, 5)
local deposit = a.deposit
deposit(a, 1)
local m = {}
function m.add(x, y) return x + y end
function m.object(self, y) return self, y end
print(m:add(1, 2))
print(m.add(1, 2), m:object(1))

-- Arguments that a function needs.
local function area(w, h) return w * h end
local function apply(f, x) return f(x) end
local function greet(name, greeting)
  greeting = greeting or "hello"
  print(greeting .. " " .. name)
end
local function optional(t, depth) if depth then print(depth + 1) end return t end
function length(list) return #list end
print(area(3), apply(nil, 1), length())
greet() greet("x")
optional({})
print(area(table.unpack({ 1, 2 })))

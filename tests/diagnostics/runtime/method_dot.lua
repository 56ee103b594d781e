local Account = {}
Account.__index = Account
function Account:deposit(amount)
  self.balance = self.balance + amount
end
local a = setmetatable({ balance = 0 }, Account)
a.deposit(5)

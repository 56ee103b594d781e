local Account = {}
Account.__index = Account
function Account.deposit(self, v) self.balance = self.balance + v end
local a = setmetatable({ balance = 0 }, Account)
a:depositt(5)

local Acc = {}
function Acc.new() return setmetatable({b = 0}, Acc) end
function Acc:get() return self.b end
local a = Acc.new()
print(a:get())

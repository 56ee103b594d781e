-- Hooks for calls and returns.
local events = 0
debug.sethook(function () events = events + 1 end, "cr")
local function id (x) return x end
local sum = 0
for i = 1, 1e6 do sum = sum + id(i) end
debug.sethook()
print(sum, events)

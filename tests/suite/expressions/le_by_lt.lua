--- a missing __le is emulated by __lt, as stock builds of 5.4 do ---
local mt = { __lt = function(a, b) return a.v < b.v end }
local a, b = setmetatable({ v = 1 }, mt), setmetatable({ v = 2 }, mt)
print(a <= b, b <= a, a <= a, a >= b) -- expect: true false true false
if a <= b then print("yes") end -- expect: yes
if b <= a then print("no") else print("else") end -- expect: else
mt.__le = function() return "truthy" end
print(b <= a) -- expect: true

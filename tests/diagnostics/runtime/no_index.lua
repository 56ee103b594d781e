local P = {}
function P:hello() print("hi") end
local p = setmetatable({}, P)
p:hello()

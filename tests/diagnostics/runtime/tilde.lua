if x ~ 1 then print("ne") end
local t = {} ~ 1

-- Results nobody takes.
local s, t = "x", {}
string.upper(s)
table.concat(t)
tostring(s)
print(s)
string.gsub(s, "x", print)
table.sort(t)
math.randomseed(1)
tonumber(s)

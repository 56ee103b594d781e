-- Numbers of arguments.
print(string.rep("x"))
print(math.floor(1.5, 2))
print(tostring())
print(string.rep(...))
print(string.rep("x", ...))
print(math.max())
table.insert({}, 1, 2)
table.insert({}, 1, 2, 3)
local function add(a, b) return a + b end
add(1, 2, 3)
add(1)
add(...)
local function any(...) return ... end
any(1, 2, 3)
local changing = function(a) return a end
changing = print
changing(1, 2)
local function nothing() end
nothing(1)
print(("x"):rep())
do
  local string = { rep = function() end }
  string.rep()
end

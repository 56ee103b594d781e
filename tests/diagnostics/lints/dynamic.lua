-- A program that makes globals at run time knows more than can be seen.
setmetatable(_G, { __index = function(_, name) return name end })
print(anything)
print(pritn)

local x <const> = 1
local function f(a)
  if a then
    return function() x = 2, {
  else
  end

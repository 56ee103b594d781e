-- first

--[[ block ]] local a = 1 --[[ inline ]] + 2   -- behind
local t = { -- behind the brace
  1, -- one
  2 -- two
  -- before the brace
}
local u = {
  a = 1,     -- aligned
  bcd = 22,  -- aligned
  e = 3, -- not
}
f(a, -- first
  b)
f( -- why
)
local x = -- why
  5
if a -- a
  and b -- b
then -- yes
  -- nothing
end
local v = {
    "leading comma" -- first
  , "second"        -- second
}
g(--[[x]] 1, 2 --[[y]])
function h(a --[[number]], b)
  return a -- done
  -- the end
end
-- luka: fmt off
local   matrix = { 1,0,
                   0,1 }
-- luka: fmt on
-- luka: fmt skip
local   kept   =  'as it is'
local    changed = 'as it should be'

-- last

--- results up to the top survive the end of a fuel slice ---
-- The machine looks at interrupts every 20,000 instructions. When a return with "all results"
-- fell on such a point, the top was reset to the end of the frame and the call that takes the
-- values up to the top got nils as well ("attempt to compare nil with number").
local seed = 99
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end
local bad = 0
for i = 1, 50000 do
  local n = select("#", random(200), random(200))
  if n ~= 2 then bad = bad + 1 end
end
print(bad) -- expect: 0

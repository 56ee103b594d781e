-- math.random and math.randomseed: PUC's generator, xoshiro256**.

--- a seed gives the same sequence everywhere ---
math.randomseed(42)
print(math.random(100), math.random(100), math.random(100), math.random(1000000))
-- expect: 50 76 86 545718
math.randomseed(42, 0)
print(math.random(100), math.random(100), math.random(100), math.random(1000000))
-- expect: 50 76 86 545718
math.randomseed(123, 456)
print(math.random(0), math.random(0)) -- expect: -7482266044409867603 -4076395480158212337
print(("%.14f %.14f"):format(math.random(), math.random()))
-- expect: 0.03699464559000 0.59240652880254
math.randomseed(7)
print(math.random(-10, 10), math.random(5, 5), math.random(math.mininteger, math.maxinteger), math.random(1 << 40))
-- expect: -3 5 -2867910684345441333 176930986680

--- what randomseed returns ---
print(math.randomseed(1, 2)) -- expect: 1 2
print(select("#", math.randomseed()), math.type((math.randomseed()))) -- expect: 2 integer
math.randomseed(1.0)
local a = math.random(1000)
math.randomseed(1)
print(a == math.random(1000)) -- expect: true

--- ranges ---
local low, high = true, true
for _ = 1, 2000 do
  local x = math.random(3, 7)
  if x < 3 or x > 7 or math.type(x) ~= "integer" then low = false end
  local y = math.random()
  if y < 0 or y >= 1 then high = false end
end
print(low, high) -- expect: true true
local seen = {}
for _ = 1, 1000 do seen[math.random(6)] = true end
print(#seen) -- expect: 6
print(math.random(1), math.random(0) ~= nil, math.random(3.0) <= 3) -- expect: 1 true true

--- bad arguments ---
print(pcall(math.random, 0, -1))
-- expect: false bad argument #1 to 'math.random' (interval is empty)
print(pcall(math.random, 2, 1))
-- expect: false bad argument #1 to 'math.random' (interval is empty)
print(pcall(math.random, 1.5))
-- expect: false bad argument #1 to 'math.random' (number has no integer representation)
print(pcall(math.random, 1, 2, 3)) -- expect: false wrong number of arguments
print(pcall(math.random, "x"))
-- expect: false bad argument #1 to 'math.random' (number expected, got string)
print(pcall(math.random, -5)) -- expect: false bad argument #1 to 'math.random' (interval is empty)
print(pcall(math.randomseed, "x"))
-- expect: false bad argument #1 to 'math.randomseed' (number expected, got string)
print(pcall(math.randomseed, 1.5) )
-- expect: false bad argument #1 to 'math.randomseed' (number has no integer representation)

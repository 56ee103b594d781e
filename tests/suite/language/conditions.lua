-- Conditions that declare variables.

--- if ---
if local x = tonumber "5" then print(x) else print "no" end -- expect: 5
if local x = tonumber "z" then print(x) else print "no" end -- expect: no
if local x = false then print(x) elseif local y = nil then print(y) elseif local z = 3 then print(z) end -- expect: 3
if false then print(1) elseif local q = "q" then print(q) else print(2) end -- expect: q
if local x = nil then print(1) elseif true then print "plain" else print(2) end -- expect: plain

--- the variable belongs to its block alone ---
local x = "outer"
if local x = nil then print(x) else print(x) end -- expect: outer
if local x = false then elseif x == "outer" then print "elseif" end -- expect: elseif
if local x = x .. "!" then print(x) end -- expect: outer!
print(x) -- expect: outer

--- several names ---
local function two() return 1, 2 end
if local a, b = two() then print(a, b) end -- expect: 1 2
if local a: number, b = nil, 1 then print(a) else print "first decides" end -- expect: first decides

--- while ---
local n = 0
local function next() n += 1 return if n < 5 then n else nil end
while local v = next() do
  if v == 2 then continue end
  io.write(v, " ")
end
print(n) -- expect: 1 3 4 5
n = 0
while local v = next() do if v == 3 then break end end
print(n) -- expect: 3

--- closures have their own ---
local fs, n = {}, 0
while local v = (function() n += 1 return if n < 4 then n else nil end)() do fs[#fs + 1] = || -> v end
print(fs[1](), fs[2](), fs[3]()) -- expect: 1 2 3

--- closed behind the block ---
local mt = {__close = function() io.write("closed ") end}
if local c <close> = setmetatable({}, mt) then io.write("body ") end
print("end") -- expect: body closed end

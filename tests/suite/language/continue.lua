-- `continue`.

--- in every loop ---
for i = 1, 4 do if i % 2 == 0 then continue end io.write(i, " ") end
print() -- expect: 1 3
for _, v in ipairs {1, 2, 3} do if v == 2 then continue end io.write(v, " ") end
print() -- expect: 1 3
local n = 0
while n < 4 do n += 1 if n == 2 then continue end io.write(n, " ") end
print() -- expect: 1 3 4
n = 0
repeat n += 1 if n == 2 then continue end io.write(n, " ") until n == 4
print() -- expect: 1 3 4

--- the innermost loop ---
for i = 1, 2 do
  for j = 1, 3 do
    if j == 2 then continue end
    io.write(i, j, " ")
  end
  continue;
end
print() -- expect: 11 13 21 23

--- variables declared behind it ---
local fs = {}
for i = 1, 3 do
  if i == 2 then continue end
  local x = i * 10
  fs[#fs + 1] = function() x += 1 return x end
end
print(fs[1](), fs[1](), fs[2]()) -- expect: 11 12 31

--- repeat: what is declared before it is visible in until ---
local k = 0
repeat
  k += 1
  local done = k >= 5
  if k % 2 == 0 then continue end
  local square = k * k
  io.write(square, " ")
until done
print() -- expect: 1 9 25

--- repeat: what is declared behind it is not ---
print(load "repeat if x then continue end local y = 1 until y")
-- expect: nil [string "repeat if x then continue end local y = 1 unt..."]:1: <continue> jumps into the scope of local 'y'
print(load "repeat if x then continue end local y = 1 until x" ~= nil) -- expect: true
--! skip oracle the texts are no Lua 5.4

--- to-be-closed variables ---
local closer = {__close = function() io.write("closed ") end}
for i = 1, 2 do
  local c <close> = setmetatable({}, closer)
  if i == 1 then continue end
  io.write("body ")
end
print() -- expect: closed body closed

--- last in its block ---
print(load "for i = 1, 2 do continue; print(1) end")
-- expect: nil [string "for i = 1, 2 do continue; print(1) end"]:1: syntax error near 'print'
print(load "continue") -- expect: nil [string "continue"]:1: continue outside loop at line 1
print(load "while true do local f = function() continue end end")
-- expect: nil [string "while true do local f = function() continue e..."]:1: continue outside loop at line 1
--! skip oracle the texts are no Lua 5.4

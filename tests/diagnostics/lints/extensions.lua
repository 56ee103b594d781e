-- Luka's extensions: names in them are used and unused as any.
local config = { host = "x", port = 80 }
local { host, port } = config
print(host)
local count = 0
count += 1
local name = config?.name ?? "none"
print(name, `hello {name}`)
local kind = if port_name then "named" else "plain"
print(kind)
local function greet(who = "world", ...) print(who) end
greet()
local double = |v| -> v * 2
print(double(1))
for i = 1, 3 do
  if i == 2 then continue end
  print(i)
end
match config do
  case {host = h, port = p} then print(h)
  case nil then print("nil")
  case [first, ...rest] if first then print(rest)
end
if local found = config.host then print(found) end
defer print("bye")
const limit = 10
print(limit, undefiend)
try do
  print("try")
catch problem then
  print("failed")
end
do
  global shared = 1
  global print
  print(shared)
end

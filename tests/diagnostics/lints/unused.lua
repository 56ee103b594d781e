-- Locals, functions, labels nobody uses; and those that look like it.
local leftover = 1
local assigned
assigned = 2
local width, height = 3, 4
print(width)
local _ignored = 5
local ok, err = pcall(print)
print(ok)
local first, second = pcall(print)
print(second)
local print = print
local function helper() end
local function recursive(n) return n > 0 and recursive(n - 1) end
local function used() end
used()
local counter = 0
counter = counter + 1
local const <const> = 1
local closed <close> = nil
for i, v in ipairs({}) do print(v) end
local function callback(event, data) print(data) end
callback()
::nowhere::
do
  local inner = function() end
  inner()
end
local up = 1
local function reader() return up end
return reader

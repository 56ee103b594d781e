-- What beginners write, and what is meant by it.
local x, day = 3, "Mon"
if x == 1 or 2 then print("always") end
if day == "Sat" or day == "Sun" then print(day) end
print("%d items", x)
print("100%", x)
local s = "abc"
print(s.upper(), s.rep(2), s.len(s))
local data = { user = { name = "x" } }
print(data.users.name)
local function hi() return "hi" end
print("say: " .. hi)
early()
local function early() hi() end
early()
local counter = 0
local function inc() cuonter = counter + 1 end
inc()
local flag = True and not False
print(flag, sizeof(data), None)
local list = { 1, 2, 3 }
print(list[-1], list[-2])
for i = 1, list.length do print(i) end

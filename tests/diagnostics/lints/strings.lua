-- Strings of other languages, and names that are not what they seem.
local user, count = { name = "x" }, 3
print("hello ${user}", "count: #{count}")
print("hello " .. "${user.name}", user, count)
io.write("${missing} and $user and {count}")
local template = "${user}"
print(template:gsub("%${(%w+)}", "x"))
print(f"hello {user}")
print(user->name)
local p = new Point(1, 2)
print(p, floor(1.5), enumerate(user), JSON)
count = count + 1
text = "plain"
local s = "abc"
s:upper()
s:rep(2)
print(s)

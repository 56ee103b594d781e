local user = { name = "ann" }
print("hello " .. user.name .. ", you are " .. user.age .. " years old")

local s = "abc"
print(s:sub({}, 2))

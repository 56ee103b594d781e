local P = setmetatable({}, { __name = "Point" })
print(P + 1)

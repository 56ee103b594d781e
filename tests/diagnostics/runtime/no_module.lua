local names = require("./names.lua")
print(names)

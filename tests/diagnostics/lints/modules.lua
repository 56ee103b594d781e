-- Modules that are not found.
local certain = require("certain")
local names = require("./names.lua")
local near = require "comparsons"
local text = require "string"
print(certain, names, near, text, pcall(require, "lfs"))

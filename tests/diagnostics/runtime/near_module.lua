local ok, why = pcall(require, "nowhere")
assert(not ok and select(2, why:gsub("\n", "")) > 10)
local json = require "luka.jsom"

local function load(name) return require(name) end
load "telescope.pickers"

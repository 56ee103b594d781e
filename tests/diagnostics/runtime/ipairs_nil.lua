local config = {}
for i, path in ipairs(config.paths) do print(i, path) end

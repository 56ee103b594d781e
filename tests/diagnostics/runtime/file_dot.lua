local file = io.tmpfile()
local text = file.read("a")

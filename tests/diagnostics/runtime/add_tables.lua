local a, b = {x=1}, {x=2}
local c = a + b

local inner = coroutine.wrap(function() local t; return t[1] end)
local outer = coroutine.wrap(function() inner() end)
outer()

local function step(state) return state.left - 1 end
local co = coroutine.create(step)
local same = coroutine.create(function() error("another one") end)
coroutine.resume(same)
assert(coroutine.resume(co, {}))

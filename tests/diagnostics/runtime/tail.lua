local function fail(t) return t.x.y end
local function middle(t) return fail(t) end
local function start(t) local r = middle(t) return r end
start({})

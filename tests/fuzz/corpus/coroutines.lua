local function gen(n)
    return coroutine.wrap(function(...)
        local x <close> = setmetatable({}, {__close = function() n = n + 1 end})
        for i = 1, n do
            local a, b = coroutine.yield(i, ...)
            if a then error(a) end
        end
        return select("#", ...), ...
    end)
end
local g = gen(3)
print(g(1, 2, 3), g(), g(nil, 4), g())
print(pcall(g), pcall(g, "e"))
local co = coroutine.create(function(f, ...)
    local ok, e = pcall(f, ...)
    coroutine.yield(ok, e)
    return coroutine.running()
end)
print(coroutine.resume(co, error, {1}))
print(coroutine.status(co), coroutine.close(co))
for k, v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * i) end end) do print(k, v) end

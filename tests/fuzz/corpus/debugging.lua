local function look(level)
    for n = -3, 12 do
        local name, value = debug.getlocal(level, n)
        if name and value == nil then debug.setlocal(level, n, n) end
    end
    local i = debug.getinfo(level, "nSltufrL")
    return i.currentline, i.name, i.short_src, i.nparams, i.ntransfer
end
local function victim(a, b, ...)
    local c, d = a
    for i = 1, 2 do local e = i; c = look(2) end
    for k, v in pairs {1, 2} do d = look(2) end
    return c, d, look(2), ...
end
local n = 0
debug.sethook(function(event, line) n = n + 1; if n < 40 then look(2) debug.traceback("h", 1) end end, "crl", 3)
print(pcall(victim, 1, nil, 3))
debug.sethook()
print(debug.traceback(coroutine.create(victim)), debug.getupvalue(victim, 1), debug.upvalueid(victim, 1))
print(debug.setupvalue(victim, 1, look), debug.getinfo(1, "l").currentline, #string.dump(victim, true))
print(load(string.dump(victim), "d", "b") ~= nil, load(string.dump(look, true))(1))

local list, sum = {}, 0
for i = 1, 4 do
    local j = i * 2
    list[i] = function(d) j = j + (d or 0) sum = sum + j return i, j end
    if i == 3 then goto continue end
    do
        local k = j
        list[-i] = function() k = k + 1 return k, j end
    end
    ::continue::
end
for k, f in pairs(list) do print(k, f(1)) end
local function outer(a, ...)
    local b, c = ...
    local function inner(n)
        if n == 0 then return a, b, c end
        a, b, c = b, c, a
        return inner(n - 1)
    end
    while a do
        local x = a
        c = function() x = x and nil return x end
        if b then break end
        a = c()
    end
    return inner(4)
end
print(outer(1, 2), outer(), outer(nil, 1))
local i = 0
repeat local z = i; i = i + 1; list[1] = function() return z end until z > 2 or list[1]() ~= z

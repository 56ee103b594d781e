for i = 1, 3 do for j = i, 1, -1 do if j == 2 then goto next end print(i, j) ::next:: end end
for x = 0.5, 2 do if x > 1 then break end end
for i = math.maxinteger - 1, math.maxinteger do print(i) end
local t = setmetatable({1, 2, nil, 4, x = 1, y = 2}, {__pairs = function(t) return next, t, nil end})
for k, v in pairs(t) do if v == 2 then t[k] = nil end end
for i, v in ipairs {5, 6, nil, 8} do print(i, v) end
local n = 0
while true do n = n + 1 if n % 2 == 0 then goto again end if n > 6 then break end ::again:: end
repeat local stop = n == 0; n = n - 1 until stop or n < -3
for k in next, t do for k2 in next, {k} do if k2 == 1 then break end end end
local a, b = n and 1 or 2, not n or (n == -1 and n ~= 2 and n < 3 and n <= 4 and n > 0 or n >= 5)
print(a, b, n == "x", n ~= nil, a == b and a .. b, {a, b, n, [a] = b; c = n})
for i, f in ipairs {print, function() for _ in f do end end} do local ok <close> = nil; print(pcall(f)) end

local a, b, c = ...
if a then b() end
if not a then b() else c() end
if a and b or c then a() elseif a == 1 then b() elseif a ~= "x" then c() else a() end
if a < b and b <= 3 or 4 > c then a() end
if not (a < b or c >= 2.0) then a() end
if nil then a() end
if 1 or a then b() end
local x = a and b
x = a or b or 1
x = a == b
x = not (a == nil)
x = (a < 1 and b) or (c > 2 and false) or nil
x = a and (b or c) and not x
x = a and x or x
return a == b and c, a or f(), not not a

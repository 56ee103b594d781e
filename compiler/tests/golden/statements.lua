#!/usr/bin/env lua
-- every statement of the language
local a <const>, b <close>, c = 1, nil
local d
local function f(x, ...) return ... end
function m.n.o:p(q) self.q = q; return end
function g() end;
a1, b.c, d[1] = f()
f"str" f'str' f[[str]] f{} f(1, 2):m "x"
do local x end
while a < b do break end
repeat local z = 1 until z
if a then elseif b then return 1 elseif c then else return 1, 2; end
for i = 1, 10 do end
for i = 1, 10, -1 do end
for k, v in pairs(t), nil do goto continue ::continue:: ; ::other:: end
return f(a)

local _ = nil, true, false, 1, 0x10, 1.5, .5, 3., 1e2, 0x.8p1, 0xA.8, ...
local _ = 9223372036854775807, 9223372036854775808, 0xffffffffffffffffff
local _ = "a\n\65\x41\u{7FFFFFFF}\z
   b\
c\\\"\'\a\b\f\r\t\v\0", 'it', 's', [[
long]], [==[a]]b]=]c]==], ""
local _ = { 1, x = 2, ["y"] = 3; f(), a.b, { }, }
local _ = a or b and c < d | e ~ f & g << h .. i .. j + k * -l ^ m ^ -n
local _ = not (a == b) ~= #c // 2 % ~d, 2 ^ -3 ^ 4
local _ = (f()), (a).b, ("x"):rep(3), a.b["c"][1](2){3}"4"
local _ = function(...) return ... end
-- a comment --[[ not long
--[[ long
comment ]] --[=[ another ]] ]=]

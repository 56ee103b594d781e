-- Metamethods of operators (manual 2.4).

local function obj(name, mt) return setmetatable({ name = name }, mt) end

--- arithmetic ---
local log = {}
local mt = {}
local function show(v) return type(v) == "table" and v.name or tostring(v) end
for _, op in ipairs { "add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "concat" } do
  mt["__" .. op] = function(a, b) return op .. "(" .. show(a) .. "," .. show(b) .. ")" end
end
mt.__unm = function(a, b) return "unm(" .. show(a) .. "," .. tostring(rawequal(a, b)) .. ")" end
mt.__bnot = function(a, b) return "bnot(" .. show(a) .. "," .. tostring(rawequal(a, b)) .. ")" end
local a, b = obj("a", mt), obj("b", mt)
print(a + 1, 1 + a, a + b, a - 1.5, 2 - a, a * "x", "x" * a)
-- expect: add(a,1) add(1,a) add(a,b) sub(a,1.5) sub(2,a) mul(a,x) mul(x,a)
print(a / 2, 2 / a, a % 3, 3 % a, a ^ 2, 2 ^ a, a // 2, 2 // a)
-- expect: div(a,2) div(2,a) mod(a,3) mod(3,a) pow(a,2) pow(2,a) idiv(a,2) idiv(2,a)
print(a & 1, 1 & a, a | 1, 1 | a, a ~ 1, 1 ~ a, a << 1, 1 << a, a >> 1, 1 >> a)
-- expect: band(a,1) band(1,a) bor(a,1) bor(1,a) bxor(a,1) bxor(1,a) shl(a,1) shl(1,a) shr(a,1) shr(1,a)
print(-a, ~a, a .. "s", "s" .. a, a .. 1, 1 .. a, a .. b)
-- expect: unm(a,true) bnot(a,true) concat(a,s) concat(s,a) concat(a,1) concat(1,a) concat(a,b)
print("x" .. "y" .. a, a .. "x" .. "y", 1 .. 2 .. a)
-- expect: xconcat(y,a) concat(a,xy) 1concat(2,a)
print(a & 1.5, 1.5 | a, "z" & a) -- expect: band(a,1.5) bor(1.5,a) band(z,a)

--- the left operand's handler wins, the right one's is the substitute ---
local left = obj("l", { __add = function() return "left" end })
local right = obj("r", { __add = function() return "right" end })
local none = obj("n", {})
print(left + right, right + left, none + right, left + none, 1 + right, "1" + right)
-- expect: left right right left right right
print(pcall(function() return none + 1 end))
-- expect: false operators.lua:33: attempt to perform arithmetic on a table value (upvalue 'none')
print(pcall(function() return none .. "x" end))
-- expect: false operators.lua:35: attempt to concatenate a table value (upvalue 'none')
print(pcall(function() return none < none end))
-- expect: false operators.lua:37: attempt to compare two table values
print(pcall(function() return none < 1 end))
-- expect: false operators.lua:39: attempt to compare table with number
print(pcall(function() return -none end))
-- expect: false operators.lua:41: attempt to perform arithmetic on a table value (upvalue 'none')
print(pcall(function() return none & 1 end))
-- expect: false operators.lua:43: attempt to perform bitwise operation on a table value (upvalue 'none')

--- results are cut to one, order results to booleans ---
local m = obj("m", {
  __add = function() return 1, 2, 3 end,
  __lt = function() return "yes" end,
  __le = function() return nil end,
  __eq = function() return 0 end,
})
local m2 = setmetatable({}, getmetatable(m))
print(m + m) -- expect: 1
print(select("#", m + m), m < m2, m <= m2, m == m2, m ~= m2, m > m2, m >= m2)
-- expect: 1 true false true false true false

--- equality ---
local calls = 0
local eq = { __eq = function(x, y) calls = calls + 1 return x.v == y.v end }
local x, y, z = setmetatable({ v = 1 }, eq), setmetatable({ v = 1 }, eq), setmetatable({ v = 2 }, {})
print(x == y, x ~= y, x == x, x == z, z == x, calls) -- expect: true false true false false 4
print(x == 1, 1 == x, x == nil, x ~= "s", rawequal(x, y), calls)
-- expect: false false false true false 4
local t = { [x] = "x" }
print(t[y], t[x]) -- expect: nil x

--- order ---
local num = {}
num.__lt = function(p, q) return (type(p) == "table" and p.v or p) < (type(q) == "table" and q.v or q) end
num.__le = function(p, q) return (type(p) == "table" and p.v or p) <= (type(q) == "table" and q.v or q) end
local function n(v) return setmetatable({ v = v }, num) end
print(n(1) < n(2), n(2) < n(1), n(1) <= n(1), n(1) > n(0), n(1) >= n(2))
-- expect: true false true true false
print(n(1) < 2, 1 < n(2), n(3) > 2, 3 >= n(3), n(1) <= 0, 5 <= n(4))
-- expect: true true true true false false
local list = { n(3), n(1), n(2) }
table.sort(list)
print(list[1].v, list[2].v, list[3].v) -- expect: 1 2 3
print(pcall(function() return setmetatable({}, { __lt = num.__lt }) <= n(1) end))
-- expect: false operators.lua:70: C stack overflow
local only_lt = setmetatable({ v = 1 }, { __lt = num.__lt })
print(pcall(function() return only_lt <= only_lt end)) -- expect: true true

--- length ---
local l = setmetatable({ 1, 2, 3 }, { __len = function(t) return rawlen(t) * 10 end })
print(#l, rawlen(l), rawlen("abc")) -- expect: 30 3 3
local odd = setmetatable({}, { __len = function() return "long" end })
print(#odd) -- expect: long
print(pcall(table.unpack, odd)) -- expect: false object length is not an integer
print(pcall(table.insert, odd, 1)) -- expect: false object length is not an integer
print(select("#", table.unpack(setmetatable({}, { __len = function() return 2 end })))) -- expect: 2

--- call ---
local c = setmetatable({}, { __call = function(self, ...) return select("#", ...), ... end })
print(c(), c(1, nil)) -- expect: 0 2 1 nil
print(pcall(c, 1, 2)) -- expect: true 2 1 2
local chain = setmetatable({}, { __call = c })
print(chain(5) == 2, select("#", chain(5))) -- expect: true 3
local function tail(...) return c(...) end
print(tail(1)) -- expect: 1 1
print(pcall(setmetatable({}, { __call = {} }))) -- expect: false attempt to call a table value
for i in setmetatable({}, { __call = function(_, _, i) i = (i or 0) + 1 if i < 3 then return i end end }) do print(i) end
-- expect: 1
-- expect: 2

--- concatenation of mixed chains ---
--! lua 5.4.6
local cc = setmetatable({}, { __concat = function(p, q)
  return (type(p) == "table" and "T" or p) .. (type(q) == "table" and "T" or q)
end })
print("a" .. "b" .. cc .. "c" .. "d", cc .. cc, 1 .. cc .. 2.0) -- expect: abTcd TT 1T2.0

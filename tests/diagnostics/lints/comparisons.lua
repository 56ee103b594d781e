-- Comparisons that always come out the same.
local a, b, c = ...
local t = { a }
print(type(a) == "strng", type(a) == "string", type(a) ~= "boolean")
print("fucntion" == type(a), type(a) == nil, type(a) == "cdata", type(a) == b)
print(math.type(a) == "int", math.type(a) == nil)
print(#t < 0, #t >= 0, #t > 0, 0 > #t)
print(a == {}, {} ~= a, t == t)
print(not a == b, not a == not b, not (a == b), (not a) == b, not a == true)
print(a ~= nil == b, (a ~= nil) == b, a == b == c, a < b == c)
print(a < b and b < c, a < b < c)
print(#t == "1", a .. "" == 1, a == "1", a == 1, "a" == 1)

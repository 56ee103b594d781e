local f, t = ...
f()
f(1, t, "s", nil)
f(f(f(1)), f(2))
f(f(), ...)
t:m()
t.a.b:m(1, ...)
t:a_method_whose_name_is_longer_than_forty_bytes(1)
f "s"
f { 1 }
local a, b, c = f(), f()
local d = (f())
return f(a, t:m())

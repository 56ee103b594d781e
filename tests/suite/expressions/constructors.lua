-- Table constructors (manual 3.4.9).

--- positional, named and computed fields ---
local t = { 1, 2; x = 10, ["y z"] = 20, [30] = 23, 3, }
print(#t, t[1], t[2], t[3], t.x, t["y z"], t[30]) -- expect: 3 1 2 3 10 20 23
local f = function(i) return i end
t = { [f(1)] = "g"; "x", "y"; x = 1, f(2), [30] = 23; 45 }
print(t[1], t[2], t[3], t[4], t.x, t[30]) -- expect: x y 2 45 1 23

--- the last expression may give several values ---
local function three() return 1, 2, 3 end
print(#{ three() }, #{ three(), three() }, #{ (three()) }, #{ three(), nil }, #{ x = three() })
-- expect: 3 4 1 1 0
print(#{ "a", three() }, select("#", table.unpack({ three(), three() }))) -- expect: 4 4
local function va(...) return { ... }, { ..., "end" } end
local a, b = va(7, 8, 9)
print(#a, #b, b[1], b[2]) -- expect: 3 2 7 end

--- positional fields win over computed ones stored earlier ---
t = { [1] = "computed", "positional" }
print(t[1]) -- expect: positional
t = { "positional", [1] = "computed" }
print(t[1]) -- expect: positional

--- nil values and nan keys ---
t = { nil, nil, 3, x = nil }
print(t[3], t.x, next({ x = nil })) -- expect: 3 nil nil
print(pcall(function() return { [nil] = 1 } end))
-- expect: false constructors.lua:28: table index is nil
print(pcall(function() return { [0 / 0] = 1 } end))
-- expect: false constructors.lua:30: table index is NaN

--- float keys with integer values are integer keys ---
t = { [1.0] = "one", [2^53] = "big", [-0.0] = "zero" }
print(t[1], t[2^53 | 0], t[0], math.type(next({ [3.0] = 1 }))) -- expect: one big zero integer
t = { [1.5] = "x", ["1"] = "s" }
print(t[1.5], t["1"], t[1]) -- expect: x s nil

--- many elements ---
local parts = {}
for i = 1, 600 do parts[i] = tostring(i) end
t = load("return {" .. table.concat(parts, ",") .. ", select(1, 'a', 'b')}")()
print(#t, t[1], t[50], t[51], t[512], t[600], t[601], t[602]) -- expect: 602 1 50 51 512 600 a b

--- nesting ---
t = { { { {} } }, { a = { b = { c = "deep" } } } }
print(#t, #t[1], #t[1][1], t[2].a.b.c) -- expect: 2 1 1 deep
local deep = string.rep("{", 190) .. string.rep("}", 190)
print(type(load("return " .. deep)())) -- expect: table
local message = select(2, load("return " .. string.rep("{", 300) .. string.rep("}", 300), "=m"))
print(message:match("^[^\n]*")) -- expect: C stack overflow

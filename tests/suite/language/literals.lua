-- Numerals and interpolated strings.

--- numerals ---
print(1_000_000, 0xFF_FF, 0b1010, 0B1_1, 1_0.2_5, 1e1_0, 0x1p1_0) -- expect: 1000000 65535 10 3 10.25 10000000000.0 1024.0
print(0b1111111111111111111111111111111111111111111111111111111111111111) -- expect: -1
for _, text in ipairs {"1__0", "1_", "0x_1", "0b_1", "0b", "0b2", "1_.5", "1._5", "1_e5", "1e_5", "0b1.0", "0b1e1"} do
  assert(not load("return " .. text), text)
end
print(tonumber "1_000", tonumber "0b1", pcall(function() return "1_0" + 1 end) == false) -- expect: nil nil true

--- holes ---
local name, t = "x", {y = {z = 3}}
print(`{name} = {t.y.z}`) -- expect: x = 3
print(`a{1}b{2}c`, `{1}{2}`, ``, `{""}`) -- expect: a1b2c 12
print(`{nil} {true} {1.0} {-0.0}`) -- expect: nil true 1.0 -0.0
print(`100% %d %s {1}`) -- expect: 100% %d %s 1
print(`{({1, 2})[2]}`, `{(function() return "f" end)()}`) -- expect: 2 f

--- one value a hole ---
local function two() return 1, 2 end
print(`{two()}`, `{two()} {two()}`) -- expect: 1 1 1
local function f(...) return `{...}` end
print(f("a", "b")) -- expect: a

--- escapes ---
print(`\{name} \` \65\x42\u{43} \z
       "q" 'p' } }}`) -- expect: {name} ` ABC "q" 'p' } }}
print(#`\n\t\\`) -- expect: 3

--- nesting ---
local n = 2
print(`a {`b {`c {n}`} d`} e`) -- expect: a b c 2 d e
print(`{if n > 1 then `many {n}` else "one"}`) -- expect: many 2

--- tostring decides ---
local o = setmetatable({}, {__tostring = function() return "object" end})
print(`<{o}>`) -- expect: <object>

--- no suffix without parentheses ---
print((`ab{1}`):upper(), #`abc`, `a` .. `b`, `a` == "a") -- expect: AB1 3 ab true
print(load "f`x`" == nil, load "x = `a`:upper()" == nil, load "`a{1}" == nil, load "x = `{}`" == nil) -- expect: true true true true

--- many holes ---
local x = 1
local text = "return `" .. ("{x} "):rep(450) .. "`"
x = 7
print(#load("local x = 1 " .. text)()) -- expect: 900
--! skip oracle the text is no Lua 5.4

--- zero bytes ---
print(#`a\0b{"c\0d"}`) -- expect: 6

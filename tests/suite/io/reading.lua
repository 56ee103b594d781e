-- Reading formats, lines, default files (manual 6.8).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end
local name = os.tmpname()
local done <close> = setmetatable({}, {__close = function() os.remove(name) end})
local function write(...) local f = io.open(name, "wb") f:write(...) f:close() end
local function q(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = type(t[i]) == "string" and ("%q"):format(t[i]):gsub("\n", "n") or tostring(t[i]) end
  print(table.concat(t, " "))
end

--- formats ---
write("line1\n2 3.5\n0x10 -0x1p-1 x\nlast")
local f = io.open(name)
q(f:read("l"), f:read("n"), f:read("n"), f:read("n", "n")) -- expect: "line1" 2 3.5 16 -0.5
q(f:read("n")) -- expect: nil
q(f:read("L"), f:read("a"), f:read("a"), f:read("l"), f:read("n"), f:read(0), f:read(1))
-- expect: "x\n" "last" "" nil nil nil nil
f:seek("set")
q(f:read(0, 3, 2, "L", 100, 1)) -- expect: "" "lin" "e1" "\n" "2 3.5\n0x10 -0x1p-1 x\nlast" nil
f:seek("set")
q(f:read("*l", "*n", "*L", "*a")) -- expect: "line1" 2 " 3.5\n" "0x10 -0x1p-1 x\nlast"
f:seek("set")
q(f:read()) -- expect: "line1"
try(f.read, f, "x") -- expect: false bad argument #2 to '?' (invalid format)
try(f.read, f, "*x") -- expect: false bad argument #2 to '?' (invalid format)
try(f.read, f, {}) -- expect: false bad argument #2 to '?' (string expected, got table)
q(f:read("n", "l")) -- expect: 2 " 3.5"

--- bytes of all kinds ---
write("a\0b\n\n\r\nno end")
local f = io.open(name)
q(f:read("l", "l", "l", "l", "l")) -- expect: "a\0b" "" "\13" "no end" nil
f:seek("set") q(f:read("L", "L", "L", "L", "L")) -- expect: "a\0b\n" "\n" "\13\n" "no end" nil
f:seek("set") q(f:read("a")) -- expect: "a\0b\n\n\13\nno end"
write(("x"):rep(100000), "\n", ("y"):rep(5))
local f = io.open(name)
print(#f:read("l"), f:read("l"), f:read("l")) -- expect: 100000 yyyyy nil

--- numerals end where they cannot go on ---
for _, s in ipairs {"0x", "0x1p", "1e", "1e+", "-", "+5", " \t\n 12abc", "0x1F.8p1z", ".5", "5.", ".",
    "1..2", "0xg", "00012", "1e5e5", "--1", "nan", "inf", "0x.8", "1 2", "-0x10", "12e-2x",
    "0X1P-1", ("1"):rep(200), ("1"):rep(201), (" "):rep(300) .. "7"} do
  write(s, "\nrest")
  local f = io.open(name)
  q(#s < 30 and s or #s, f:read("n"), f:read("a"):sub(1, 10))
-- expect: "0x" nil "\nrest"
-- expect: "0x1p" nil "\nrest"
-- expect: "1e" nil "\nrest"
-- expect: "1e+" nil "\nrest"
-- expect: "-" nil "\nrest"
-- expect: "+5" 5 "\nrest"
-- expect: " \9\n 12abc" 12 "abc\nrest"
-- expect: "0x1F.8p1z" 63.0 "z\nrest"
-- expect: ".5" 0.5 "\nrest"
-- expect: "5." 5.0 "\nrest"
-- expect: "." nil "\nrest"
-- expect: "1..2" 1.0 ".2\nrest"
-- expect: "0xg" nil "g\nrest"
-- expect: "00012" 12 "\nrest"
-- expect: "1e5e5" 100000.0 "e5\nrest"
-- expect: "--1" nil "-1\nrest"
-- expect: "nan" nil "nan\nrest"
-- expect: "inf" nil "inf\nrest"
-- expect: "0x.8" 0.5 "\nrest"
-- expect: "1 2" 1 " 2\nrest"
-- expect: "-0x10" -16 "\nrest"
-- expect: "12e-2x" 0.12 "x\nrest"
-- expect: "0X1P-1" 0.5 "\nrest"
-- expect: 200 1.1111111111111e+199 "\nrest"
-- expect: 201 nil "1\nrest"
-- expect: 301 7 "\nrest"
end

--- lines ---
write("one\ntwo\n\nlast")
for l in io.lines(name) do q(l) end
-- expect: "one"
-- expect: "two"
-- expect: ""
-- expect: "last"
for l in io.lines(name, "L") do q(l) end
-- expect: "one\n"
-- expect: "two\n"
-- expect: "\n"
-- expect: "last"
for a, b in io.lines(name, 1, "l") do q(a, b) end
-- expect: "o" "ne"
-- expect: "t" "wo"
-- expect: "\n" "last"
for s in io.lines(name, 6) do q(s) end
-- expect: "one\ntw"
-- expect: "o\n\nlas"
-- expect: "t"
print(select("#", io.lines(name)), select("#", io.open(name):lines())) -- expect: 4 1
try(io.lines, "/nonexistent/x")
-- expect: false cannot open file '/nonexistent/x' (No such file or directory)
try(function() for l in io.lines(name, "x") do end end)
-- expect: false reading.lua:100: bad argument #2 to 'for iterator' (invalid format)

--- who closes ---
local next, a, b, file = io.lines(name)
print(a, b, io.type(file)) -- expect: nil nil file
while next() do end
print(io.type(file)) -- expect: closed file
try(next) -- expect: false file is already closed
local f = io.open(name)
for l in f:lines() do end
print(io.type(f), f:read("l"), f:close()) -- expect: file nil true
local f = io.open(name)
local it = f:lines()
f:close()
try(it) -- expect: false file is already closed
for l in io.lines(name) do break end

--- too many formats ---
local t = {}
for i = 1, 251 do t[i] = "l" end
try(io.lines, name, table.unpack(t))
-- expect: false bad argument #252 to 'io.lines' (too many arguments)
print(select("#", io.lines(name, table.unpack(t, 1, 250)))) -- expect: 4

--- default files ---
write("first\n42 rest\n")
print(io.input() == io.stdin, io.output() == io.stdout, io.input(name) == io.input())
-- expect: true true true
print(io.read(), io.read("n"), io.read("l"), io.read("l")) -- expect: first 42  rest nil
print(io.close(io.input())) -- expect: true
try(io.read) -- expect: false default input file is closed
try(io.lines) -- expect: false attempt to use a closed file
try(io.input, "/nonexistent/x")
-- expect: false cannot open file '/nonexistent/x' (No such file or directory)
try(io.input, {}) -- expect: false bad argument #1 to 'io.input' (FILE* expected, got table)
local f = io.open(name, "w")
print(io.output(f) == f, io.write("to ", 5) == f, io.close()) -- expect: true true true
try(io.write, "x") -- expect: false default output file is closed
try(io.flush) -- expect: false default output file is closed
try(io.close) -- expect: false attempt to use a closed file
io.output(io.stdout)
print(io.open(name):read("a"), io.flush() ~= nil) -- expect: to 5 true

--- directories ---
local f = io.open("/tmp")
print(f:read("a")) -- expect: nil Is a directory 21
print(f:read("l")) -- expect: nil Is a directory 21
print(f:read(1)) -- expect: nil Is a directory 21
print(f:read("n")) -- expect: nil Is a directory 21
try(function() for l in f:lines() do end end) -- expect: false reading.lua:150: Is a directory

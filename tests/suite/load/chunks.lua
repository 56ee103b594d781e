-- load, loadfile, dofile (manual 6.1).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end
local name = os.tmpname()
local function write(...) local f = io.open(name, "wb") f:write(...) f:close() end
local function shown(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = type(t[i]) == "string" and t[i]:gsub(name, "FILE") or t[i] end
  print(table.unpack(t, 1, t.n))
end

--- strings and their names ---
print(load("return ...")(1, 2)) -- expect: 1 2
print(load("x = ")) -- expect: nil [string "x = "]:1: unexpected symbol near <eof>
print(load("x = ", "=name")) -- expect: nil name:1: unexpected symbol near <eof>
print(load("x = ", "@name")) -- expect: nil name:1: unexpected symbol near <eof>
print(load("x =\n\n= y", "line one\nline two"))
-- expect: nil [string "line one..."]:3: unexpected symbol near '='
try(load, nil) -- expect: false bad argument #1 to 'load' (function expected, got nil)
try(load, {}) -- expect: false bad argument #1 to 'load' (function expected, got table)
try(load, 5) -- expect: true nil [string "5"]:1: unexpected symbol near '5'

--- modes ---
print(load("return 1", "n", "b")) -- expect: nil attempt to load a text chunk (mode is 'b')
print(load("\27Lua", "n", "t")) -- expect: nil attempt to load a binary chunk (mode is 't')
print(load("\27Lua", "=n", "b")) -- expect: nil n: bad binary format (truncated chunk)
print(load(string.dump(function() return 7 end), "n", "b")()) -- expect: 7
print(load("return 8", "n", "t")()) -- expect: 8

--- environments ---
print(load("return x", "x", "t", {x = 5})()) -- expect: 5
print(pcall(load("return x.y.z", "=chunk", "t", {x = {}})))
-- expect: false chunk:1: attempt to index a nil value (field 'y')
print(pcall(load("return x", "=chunk", "t", nil)))
-- expect: false chunk:1: attempt to index a nil value (upvalue '_ENV')
local f = load("x = 1 return _ENV", "x", "t", {})
print(f().x, x) -- expect: 1 nil

--- reader functions ---
local function reader(pieces) local n = 0 return function() n = n + 1 return pieces[n] end end
print(load(reader {"return ", "1", " + 41"})()) -- expect: 42
print(load(reader {"return 1", "", " + 41"})()) -- expect: 1
print(load(reader {"x = ", "= 1"})) -- expect: nil (load):1: unexpected symbol near '='
print(load(reader {}) ~= nil, load(reader {1, 2}))
-- expect: true nil (load):1: unexpected symbol near '12'
print(load(reader {"return 1"}, "=r", "b"))
-- expect: nil attempt to load a text chunk (mode is 'b')
print(pcall(load, function() error("oops", 0) end)) -- expect: true nil oops
print(pcall(load, function() error({}) end) == true, true) -- expect: true true
print(pcall(load, function() return {} end))
-- expect: true nil reader function must return a string
print(load(coroutine.wrap(function() coroutine.yield("return ") coroutine.yield("99") end))())
-- expect: 99
print(load(function() return "x " end)) -- expect: nil (load):1: syntax error near 'x'

--- readers cannot yield ---
print(coroutine.wrap(function() return pcall(load, function() coroutine.yield(1) end) end)())
-- expect: true nil attempt to yield across a C-call boundary

--- files ---
write("return ..., 'file'")
print(loadfile(name)(5)) -- expect: 5 file
print(dofile(name)) -- expect: nil file
write("#!/usr/bin/env lua\nreturn debug.getinfo(1, 'l').currentline")
print(dofile(name)) -- expect: 2
write("\xEF\xBB\xBF#comment\nreturn 7,,")
shown(loadfile(name)) -- expect: nil FILE:2: unexpected symbol near ','
shown(pcall(dofile, name)) -- expect: false FILE:2: unexpected symbol near ','
shown(loadfile(name, "b")) -- expect: nil attempt to load a text chunk (mode is 'b')
write("#comment\n", string.dump(function(...) return "dumped", ... end))
print(loadfile(name)(3)) -- expect: dumped 3
print(loadfile(name, "t")) -- expect: nil attempt to load a binary chunk (mode is 't')
write("return x")
print(loadfile(name, "t", {x = "env"})()) -- expect: env
write("")
print(select("#", dofile(name))) -- expect: 0
os.remove(name)
shown(loadfile(name)) -- expect: nil cannot open FILE: No such file or directory
shown(pcall(dofile, name)) -- expect: false cannot open FILE: No such file or directory
print(loadfile("/")) -- expect: nil cannot read /: Is a directory

--- a file may yield ---
write("return coroutine.yield(...)")
local co = coroutine.wrap(function() return "done", dofile(name) end)
print(co()) -- expect:
print(co("value")) -- expect: done value
os.remove(name)

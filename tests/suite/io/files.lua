-- Files: opening, writing, positions, closing (manual 6.8).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end
local name = os.tmpname()
local done <close> = setmetatable({}, {__close = function() os.remove(name) end})

--- opening ---
print(io.open("/nonexistent/x")) -- expect: nil /nonexistent/x: No such file or directory 2
print(io.open("/nonexistent/x", "w")) -- expect: nil /nonexistent/x: No such file or directory 2
print(io.open("/tmp", "w")) -- expect: nil /tmp: Is a directory 21
try(io.open) -- expect: false bad argument #1 to 'io.open' (string expected, got no value)
for _, mode in ipairs {"q", "rw", "", "+r", "r+x", "rb+", "r++"} do try(io.open, name, mode) end
-- expect: false bad argument #2 to 'io.open' (invalid mode)
-- expect: false bad argument #2 to 'io.open' (invalid mode)
-- expect: false bad argument #2 to 'io.open' (invalid mode)
-- expect: false bad argument #2 to 'io.open' (invalid mode)
-- expect: false bad argument #2 to 'io.open' (invalid mode)
-- expect: false bad argument #2 to 'io.open' (invalid mode)
-- expect: false bad argument #2 to 'io.open' (invalid mode)
for _, mode in ipairs {"w", "r", "a", "r+", "w+", "a+b", "r+bb", "rb"} do
  local f = io.open(name, mode)
  print(io.type(f), f:close())
-- expect: file true
-- expect: file true
-- expect: file true
-- expect: file true
-- expect: file true
-- expect: file true
-- expect: file true
-- expect: file true
end

--- writing ---
local f = io.open(name, "w")
print(f:write("line1\n", 2, " ", 3.5, "\n", 1e100, " ", -0.0, " ", 2^53, "\n") == f) -- expect: true
try(f.write, f, {}) -- expect: false bad argument #2 to '?' (string expected, got table)
try(f.write) -- expect: false bad argument #1 to '?' (FILE* expected, got no value)
print(f:read("a")) -- expect: nil Bad file descriptor 9
print(f:close(), tostring(f), io.type(f)) -- expect: true file (closed) closed file
print((io.open(name):read("a"):gsub("\n", "|")))
-- expect: line1|2 3.5|1e+100 -0 9.007199254741e+15|

--- reading a file that is only written, and the other way round ---
local f = io.open(name, "w") print(f:read(1)) print(f:read("l")) print(f:read("n")) f:close()
-- expect: nil Bad file descriptor 9
-- expect: nil Bad file descriptor 9
-- expect: nil Bad file descriptor 9
local f = io.open(name) print(f:write("x")) print(f:close())
-- expect: nil Bad file descriptor 9
-- expect: true

--- positions ---
local f = io.open(name, "w+")
f:write("0123456789")
print(f:seek(), f:seek("set", 2), f:read(2), f:seek("cur", 1), f:read(1), f:seek("end", -1), f:read("a"))
-- expect: 10 2 23 5 5 9 9
print(f:seek("set", -1)) -- expect: nil Invalid argument 22
print(f:seek("end", 5), f:read(1), f:write("x"):seek("set"), #f:read("a")) -- expect: 15 nil 0 16
try(f.seek, f, "bogus") -- expect: false bad argument #2 to '?' (invalid option 'bogus')
try(f.seek, f, "set", "x") -- expect: false bad argument #3 to '?' (number expected, got string)
try(f.seek, f, "set", 1.5)
-- expect: false bad argument #3 to '?' (number has no integer representation)

--- appending ---
local f = io.open(name, "w") f:write("abc") f:close()
f = io.open(name, "a+") f:seek("set", 0) f:write("def") f:seek("set", 1) print(f:read("a")) f:close()
-- expect: bcdef

--- updating ---
local f = io.open(name, "w+") f:write("abcdef") f:seek("set", 1) f:write("XY") f:seek("cur", 0)
print(f:read(1), f:seek("set"), f:read("a")) f:close() -- expect: d 0 aXYdef

--- buffering ---
local f = io.open(name, "w")
print(f:setvbuf("no"), f:setvbuf("line"), f:setvbuf("full", 1024)) -- expect: true true true
try(f.setvbuf, f) -- expect: false bad argument #2 to '?' (string expected, got no value)
try(f.setvbuf, f, "x") -- expect: false bad argument #2 to '?' (invalid option 'x')
local f = io.open(name, "w") f:setvbuf("full")
f:write("kept") print(#io.open(name):read("a"), f:flush() ~= nil, #io.open(name):read("a"))
-- expect: 0 true 4

--- closed files ---
local f = io.open(name) f:close()
for _, m in ipairs {"close", "read", "write", "lines", "seek", "flush", "setvbuf"} do try(f[m], f) end
-- expect: false attempt to use a closed file
-- expect: false attempt to use a closed file
-- expect: false attempt to use a closed file
-- expect: false attempt to use a closed file
-- expect: false attempt to use a closed file
-- expect: false attempt to use a closed file
-- expect: false attempt to use a closed file
try(io.close, f) -- expect: false attempt to use a closed file
print(io.type(f), io.type(io.stdout), io.type(5), tostring(f))
-- expect: closed file file nil file (closed)
try(io.type) -- expect: false bad argument #1 to 'io.type' (value expected)

--- closing by scope and by the collector ---
local kept
do local f <close> = io.open(name) kept = f end
print(io.type(kept)) -- expect: closed file
for i = 1, 3 do io.open(name) end
collectgarbage()

--- standard files ---
print(io.stdout:close()) -- expect: nil cannot close standard file
print(io.stderr:seek() ~= false, tostring(io.stdout):match("^file %(0x") ~= nil)
-- expect: true true

--- the metatable ---
local m = getmetatable(io.stdout)
print(m.__name, type(m.__index), type(m.__gc), type(m.__close), type(m.__tostring))
-- expect: FILE* table function function function
try(m.__tostring, 5) -- expect: false bad argument #1 to '?' (FILE* expected, got number)
try(m.__gc) -- expect: false bad argument #1 to '?' (FILE* expected, got no value)
try(m.__index.read) -- expect: false bad argument #1 to '?' (FILE* expected, got no value)
try(m.__index.read, {}) -- expect: false bad argument #1 to '?' (FILE* expected, got table)
try(function() io.stdout.foo = 1 end)
-- expect: false files.lua:118: attempt to index a FILE* value (field 'stdout')
try(function() return io.stdout.foo end) -- expect: true nil
try(function() return io.stdout + 1 end)
-- expect: false files.lua:121: attempt to perform arithmetic on a FILE* value (field 'stdout')
try(function() return #io.stdout end)
-- expect: false files.lua:123: attempt to get length of a FILE* value (field 'stdout')
try(function() io.stdout:bogus() end)
-- expect: false files.lua:125: attempt to call a nil value (method 'bogus')
try(function() io.stdout:seek({}) end)
-- expect: false files.lua:127: bad argument #1 to 'seek' (string expected, got table)

--- temporary files and pipes ---
local f = io.tmpfile() f:write("tmp") f:seek("set") print(f:read("a"), f:close())
-- expect: tmp true
local f = io.popen("echo hi; exit 3") print(f:read("a")) print(f:close())
-- expect: hi
-- expect:
-- expect: nil exit 3
local f = io.popen("cat > /dev/null", "w") print(f:write("x") == f, f:close())
-- expect: true true exit 0
print(io.popen("kill -9 $$"):close()) -- expect: nil signal 9
try(io.popen, "x", "rw") -- expect: false bad argument #2 to 'io.popen' (invalid mode)
try(io.popen) -- expect: false bad argument #1 to 'io.popen' (string expected, got no value)

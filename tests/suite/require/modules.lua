-- require and package (manual 6.3).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end
local folder = os.tmpname()
os.remove(folder)
os.execute("mkdir -p " .. folder .. "/sub")
local done <close> = setmetatable({}, {__close = function() os.execute("rm -r " .. folder) end})
local function write(name, text) local f = io.open(folder .. "/" .. name, "w") f:write(text) f:close() end
local function shown(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = type(t[i]) == "string" and t[i]:gsub(folder, "DIR") or t[i] end
  print(table.unpack(t, 1, t.n))
end
package.path = folder .. "/?.lua;" .. folder .. "/?/init.lua"
package.cpath = folder .. "/?.so"

--- a module is loaded once ---
write("m.lua", "print('loading', (...)) return {x = 1}")
print(require("m").x)
-- expect: loading m
-- expect: 1
shown(type(require("m")), select("#", require("m"))) -- expect: table 1
print(package.loaded.m == require("m")) -- expect: true
package.loaded.m = nil
shown(select(2, require("m")))
-- expect: loading m
-- expect: DIR/m.lua

--- what a module returns ---
write("none.lua", "") write("no.lua", "return false") write("own.lua", "package.loaded[...] = 'own'")
print((require("none")), (require("no")), (require("own"))) -- expect: true false own
print(package.loaded.none, package.loaded.no, package.loaded.own) -- expect: true false own
print(select("#", require("no")), select("#", require("none"))) -- expect: 2 1

--- preload ---
package.preload.pre = function(...) print("pre", ...) end
print(require("pre"))
-- expect: pre pre :preload:
-- expect: true :preload:
print(require("pre")) -- expect: true
package.preload.fails = function() error("boom", 0) end
try(require, "fails") -- expect: false boom

--- submodules ---
write("sub/init.lua", "return 'init of ' .. ...") write("sub/leaf.lua", "return 'leaf ' .. ...")
print((require("sub")), (require("sub.leaf"))) -- expect: init of sub leaf sub.leaf

--- faults ---
write("bad.lua", "x = = 1") write("err.lua", "error('in module', 0)")
shown(pcall(require, "bad"))
-- expect: false error loading module 'bad' from file 'DIR/bad.lua':
-- expect:  DIR/bad.lua:1: unexpected symbol near '='
shown(pcall(require, "err")) -- expect: false in module
shown(pcall(require, "absent"))
-- expect: false module 'absent' not found:
-- expect:  no field package.preload['absent']
-- expect:  no file 'DIR/absent.lua'
-- expect:  no file 'DIR/absent/init.lua'
-- expect:  no file 'DIR/absent.so'
shown(pcall(require, "absent.sub"))
-- expect: false module 'absent.sub' not found:
-- expect:  no field package.preload['absent.sub']
-- expect:  no file 'DIR/absent/sub.lua'
-- expect:  no file 'DIR/absent/sub/init.lua'
-- expect:  no file 'DIR/absent/sub.so'
-- expect:  no file 'DIR/absent.so'
try(require) -- expect: false bad argument #1 to 'require' (string expected, got no value)
try(require, {}) -- expect: false bad argument #1 to 'require' (string expected, got table)

--- other searchers ---
package.searchers = {function(n) return "\n\tcustom " .. n end, function() return 5 end,
  function() return nil end, function() return true end}
try(require, "zz")
-- expect: false module 'zz' not found:
-- expect:
-- expect:  custom zz
-- expect:  5
package.searchers = {}
try(require, "zz") -- expect: false module 'zz' not found:
package.searchers = nil
try(require, "zz") -- expect: false 'package.searchers' must be a table
package.searchers = {function(n) return function(...) print(...) return "v" end, "data" end}
print(require("zz"))
-- expect: zz data
-- expect: v data

--- paths that are none ---
package.path = nil
try(require, "zz") -- expect: false 'package.path' must be a string
package.path, package.cpath = "", {}
try(require, "zz") -- expect: false 'package.cpath' must be a string
package.cpath = ""
try(require, "zz.y")
-- expect: false module 'zz.y' not found:
-- expect:  no field package.preload['zz.y']
-- expect:  no file ''
-- expect:  no file ''
-- expect:  no file ''

--- searchpath ---
print(package.searchpath("a.b", "./?.x;/?/y"))
-- expect: nil no file './a/b.x'
-- expect:  no file '/a/b/y'
print(package.searchpath("a-b", "?;?;z", "-", "+"))
-- expect: nil no file 'a+b'
-- expect:  no file 'a+b'
-- expect:  no file 'z'
print(package.searchpath("a.b", "")) -- expect: nil no file ''
print(package.searchpath("a.b", "?", "")) -- expect: nil no file 'a.b'
print(package.searchpath("tmp", "/?")) -- expect: /tmp
try(package.searchpath, "x")
-- expect: false bad argument #2 to 'package.searchpath' (string expected, got no value)

--- the table ---
print((package.config:gsub("\n", "|")), #package.searchers, package.loaded._G == _G)
-- expect: /|;|?|!|-| 4 true
for _, n in ipairs {"string", "table", "io", "os", "math", "utf8", "coroutine", "debug", "package"} do
  print(n, package.loaded[n] == _G[n])
-- expect: string true
-- expect: table true
-- expect: io true
-- expect: os true
-- expect: math true
-- expect: utf8 true
-- expect: coroutine true
-- expect: debug true
-- expect: package true
end

--- no yields in a module ---
write("yields.lua", "coroutine.yield()")
try(coroutine.wrap(function() require("yields") end))
-- expect: false attempt to yield across a C-call boundary

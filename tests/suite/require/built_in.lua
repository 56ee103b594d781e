-- Modules that come with the machine: require finds those named luka. behind package.preload, and those
-- that stand in for libraries of others behind the files in package.path.
--! skip oracle PUC Lua has none

--- a module that comes with the machine ---
local bytecode, place = require("luka.bytecode")
print(type(bytecode), place) -- expect: table :built-in:
print(package.loaded["luka.bytecode"] == bytecode) -- expect: true
print(require("luka.bytecode") == bytecode) -- expect: true

--- nothing of them is there before it is asked for ---
print(next(package.preload)) -- expect: nil
print(#package.searchers) -- expect: 4
for name in pairs(package.loaded) do assert(not name:find("luka"), name) end
print(luka) -- expect: nil

--- package.preload and package.loaded come first ---
package.preload["luka.bytecode"] = function(...) return {...} end
print(table.unpack((require("luka.bytecode")))) -- expect: luka.bytecode :preload:
package.loaded["luka.bytecode"] = 7
print(require("luka.bytecode")) -- expect: 7

--- they come before files ---
local folder = os.tmpname()
os.remove(folder)
os.execute("mkdir -p " .. folder .. "/luka")
local done <close> = setmetatable({}, {__close = function() os.execute("rm -r " .. folder) end})
io.open(folder .. "/luka/bytecode.lua", "w"):write("return 'file'"):close()
package.path = folder .. "/?.lua"
print(select(2, require("luka.bytecode"))) -- expect: :built-in:
package.loaded["luka.bytecode"] = nil
table.remove(package.searchers, 1)
print(require("luka.bytecode") == "file") -- expect: true

--- stand-ins come after files ---
local folder = os.tmpname()
os.remove(folder)
os.execute("mkdir -p " .. folder)
local done <close> = setmetatable({}, {__close = function() os.execute("rm -r " .. folder) end})
io.open(folder .. "/bit32.lua", "w"):write("return 'file'"):close()
package.path = folder .. "/?.lua"
print((require("bit32"))) -- expect: file
print(select(2, require("bit")), next(package.preload), #package.searchers) -- expect: :built-in: nil 4

--- names are whole names ---
for _, name in ipairs {"luka", "luka.", "luka.bytecode.", "luka.bytecode\0x", "LUKA.BYTECODE"} do
  assert(not pcall(require, name))
end
print(select(2, pcall(require, "luka.x")):match("^[^\n]+\n[^\n]+"))
-- expect: module 'luka.x' not found:
-- expect: no field package.preload['luka.x']

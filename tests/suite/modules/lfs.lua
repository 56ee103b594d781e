-- Files and folders: the module lfs.
--! skip oracle PUC Lua has none

local lfs = require "lfs"
local folder = os.tmpname()
os.remove(folder)
assert(lfs.mkdir(folder))
local done <close> = setmetatable({}, {__close = function() os.execute("rm -r " .. folder) end})
local function write(name, text) local f = io.open(folder .. "/" .. name, "w") f:write(text) f:close() end

--- folders ---
write("b", "") write("a", "")
local names = {}
for name in lfs.dir(folder) do names[#names + 1] = name end
print(table.concat(names, " ")) -- expect: . .. a b
print(lfs.mkdir(folder)) -- expect: nil File exists 17
print(lfs.rmdir(folder)) -- expect: nil Directory not empty 39
print(select(2, pcall(lfs.dir, folder .. "/none")):gsub(folder, "DIR")) -- expect: cannot open DIR/none: No such file or directory 1
local _, iterator = lfs.dir(folder)
print(iterator:next(), iterator:close(), pcall(iterator.next, iterator)) -- expect: . nil false bad argument #1 to '?' (closed directory)

--- attributes ---
write("f", "12345")
local a = lfs.attributes(folder .. "/f")
print(a.mode, a.size, a.nlink, #a.permissions, math.type(a.modification)) -- expect: file 5 1 9 integer
print(lfs.attributes(folder, "mode"), lfs.attributes(folder .. "/f", "size")) -- expect: directory 5
print(select(3, lfs.attributes(folder .. "/none"))) -- expect: 2
print(lfs.touch(folder .. "/f", 1000, 2000), lfs.attributes(folder .. "/f", "access"), lfs.attributes(folder .. "/f", "modification")) -- expect: true 1000 2000
print(pcall(lfs.attributes, folder, "nothing")) -- expect: false invalid attribute name 'nothing'

--- links and locks ---
write("f", "x")
print(lfs.link("f", folder .. "/s", true), lfs.symlinkattributes(folder .. "/s", "mode"), lfs.symlinkattributes(folder .. "/s").target) -- expect: true link f
local lock = lfs.lock_dir(folder)
print(lfs.lock_dir(folder)) -- expect: nil File exists
lock:free()
print((lfs.attributes(folder .. "/lockfile.lfs"))) -- expect: nil
local f <close> = io.open(folder .. "/f", "r+")
print(lfs.lock(f, "w"), lfs.unlock(f), lfs.setmode(f, "binary")) -- expect: true true true binary

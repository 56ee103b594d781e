-- Renames the files of a folder by a pattern of Lua: luka rename.lua [--dry-run] FOLDER PATTERN REPLACEMENT
local args, fs, path = require "luka.args", require "luka.fs", require "luka.path"

local options = args.new("rename", "Renames files by a pattern.")
  :flag("-n --dry-run", "only say what would be done")
  :positional("folder", "where the files are")
  :positional("pattern", "a pattern of Lua")
  :positional("replacement", "what it becomes; %1 is the first capture, %n the number of the file")
  :run()

local renames, taken = {}, {}
for _, name in ipairs(assert(fs.list(options.folder))) do
  local number = ("%03d"):format(#renames + 1)
  local new = name:gsub(options.pattern, (options.replacement:gsub("%%n", number)))
  if new ~= name then
    if taken[new] or fs.exists(path.join(options.folder, new)) then
      io.stderr:write(("%s: there is a file %s already\n"):format(name, new))
      os.exit(1)
    end
    taken[new] = true
    renames[#renames + 1] = {name, new}
  end
end
for _, names in ipairs(renames) do
  print(names[1] .. " -> " .. names[2])
  if not options.dry_run then
    assert(fs.move(path.join(options.folder, names[1]), path.join(options.folder, names[2])))
  end
end

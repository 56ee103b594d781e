-- Makes a folder like another one: copies what is new or changed and, with --delete, removes the rest.
-- luka sync.lua [--delete] [--dry-run] FROM TO
local args, fs, path = require "luka.args", require "luka.fs", require "luka.path"

local options = args.new("sync", "Makes a folder like another one.")
  :flag("--delete", "remove what is not in FROM")
  :flag("-n --dry-run", "only say what would be done")
  :positional("from", "the folder to copy")
  :positional("to", "the folder to change")
  :run()

local function act(what, name, action)
  print(what .. " " .. name)
  if not options.dry_run then assert(action()) end
end

local wanted = {}
for whole, stat in fs.walk(options.from) do
  local name = path.relative(whole, options.from)
  local target = path.join(options.to, name)
  local there = fs.lstat(target)
  wanted[name] = true
  if stat.type == "directory" then
    if not there then act("mkdir", name, function() return fs.mkdir(target) end) end
  elseif not there or there.size ~= stat.size or fs.read(whole) ~= fs.read(target) then
    act("copy", name, function() return fs.mkdir(path.dir(target)) and fs.copy(whole, target) end)
  end
end
if options.delete then
  for whole in fs.walk(options.to) do
    local name = path.relative(whole, options.to)
    if not wanted[name] and fs.lstat(whole) then
      act("remove", name, function() return fs.remove_all(whole) end)
    end
  end
end

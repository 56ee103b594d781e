-- Counts files, lines and bytes by kind of file: luka count.lua [--json] [FOLDER]
local args, fs, json, path, tables =
  require "luka.args",
    require "luka.fs",
    require "luka.json",
    require "luka.path",
    require "luka.table"

local options = args.new("count", "Counts files, lines and bytes by kind of file.")
  :flag("--json", "write JSON")
  :positional("folder", "where to count", {default = "."})
  :run()

local kinds = {}
for file, stat in fs.walk(options.folder) do
  if stat.type == "file" then
    local ext = path.ext(file)
    local kind = kinds[ext] or {files = 0, lines = 0, bytes = 0}
    kinds[ext] = kind
    kind.files = kind.files + 1
    kind.bytes = kind.bytes + stat.size
    kind.lines = kind.lines + select(2, assert(fs.read(file)):gsub("\n", ""))
  end
end
if options.json then
  print((assert(json.encode(kinds, {sort = true}))))
else
  print(("%-8s %6s %8s %10s"):format("kind", "files", "lines", "bytes"))
  for ext, kind in tables.sorted(kinds) do
    print(
      ("%-8s %6d %8d %10d"):format(
        ext == "" and "(none)" or ext,
        kind.files,
        kind.lines,
        kind.bytes
      )
    )
  end
end

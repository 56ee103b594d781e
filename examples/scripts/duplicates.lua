-- Finds files with the same contents: luka duplicates.lua FOLDER...
local args, fs, hash, tables =
  require "luka.args", require "luka.fs", require "luka.hash", require "luka.table"

local options = args.new("duplicates", "Finds files with the same contents.")
  :positional("folders", "where to look", {many = true})
  :run()

local by_size, by_hash = {}, {}
for _, folder in ipairs(options.folders) do
  for file, stat in fs.walk(folder) do
    if stat.type == "file" and stat.size > 0 then
      by_size[stat.size] = by_size[stat.size] or {}
      table.insert(by_size[stat.size], file)
    end
  end
end
for size, files in tables.sorted(by_size) do
  if #files > 1 then
    for digest, same in tables.sorted(tables.group(files, function(file)
      return hash.sha256(assert(fs.read(file)))
    end)) do
      if #same > 1 then by_hash[#by_hash + 1] = {size = size, digest = digest, files = same} end
    end
  end
end
local wasted = 0
for _, group in ipairs(by_hash) do
  wasted = wasted + group.size * (#group.files - 1)
  print(("%d bytes, %s"):format(group.size, group.digest:sub(1, 12)))
  for _, file in ipairs(group.files) do print("  " .. file) end
end
print(("%d bytes could be saved"):format(wasted))

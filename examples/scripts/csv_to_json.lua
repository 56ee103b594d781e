-- Reads CSV with a header from a file or standard input and writes JSON: luka csv_to_json.lua [--lines] [FILE]
local args, csv, fs, json =
  require "luka.args", require "luka.csv", require "luka.fs", require "luka.json"

local options = args.new("csv_to_json", "Converts CSV with a header to JSON.")
  :flag("--lines", "one object a line instead of an array")
  :option("-s --separator", "what separates fields", {default = ","})
  :positional("file", "the CSV file; by default standard input", {optional = true})
  :run()

local input = options.file and assert(fs.read(options.file)) or io.read "a"
local records = assert(csv.decode(input, {header = true, separator = options.separator}))
for _, record in ipairs(records) do
  for name, value in pairs(record) do record[name] = tonumber(value) or value end
end
if options.lines then
  for _, record in ipairs(records) do print((assert(json.encode(record, {sort = true})))) end
else
  print((assert(json.encode(json.array(records), {sort = true, indent = 2}))))
end

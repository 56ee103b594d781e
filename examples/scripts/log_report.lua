-- Counts the lines of log files by level and shows the most frequent messages:
-- luka log_report.lua [--top N] FILE...
local args, fs, text, tables =
  require "luka.args", require "luka.fs", require "luka.text", require "luka.table"

local options = args.new("log_report", "Counts the lines of log files by level.")
  :option("--top", "how many messages are shown", {default = 3, convert = math.tointeger})
  :positional("files", "log files: time, level, message", {many = true})
  :run()

local levels, messages = {}, {}
for _, file in ipairs(options.files) do
  for _, line in ipairs(text.lines(assert(fs.read(file)))) do
    local level, message = line:match "^%S+ (%u+) (.*)$"
    if level then
      levels[level] = (levels[level] or 0) + 1
      if level ~= "INFO" then messages[message] = (messages[message] or 0) + 1 end
    end
  end
end

for level, count in tables.sorted(levels) do print(text.pad(level, 6), count) end
local frequent = tables.sort_by(tables.keys(messages), function(message)
  return -messages[message]
end)
for i = 1, math.min(options.top, #frequent) do
  print(("%4d  %s"):format(messages[frequent[i]], frequent[i]))
end

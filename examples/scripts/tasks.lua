-- Runs commands that a TOML file names, those they need first: luka tasks.lua [--file FILE] [TASK]
--
--     [tasks.build]
--     needs = ["clean"]
--     run = [["cc", "-o", "app", "app.c"]]
local args, fs, process, toml =
  require "luka.args", require "luka.fs", require "luka.process", require "luka.toml"

local options = args.new("tasks", "Runs the tasks of a file.")
  :option("--file", "the file with the tasks", {default = "tasks.toml"})
  :positional("task", "the task to run; without it they are listed", {optional = true})
  :run()

local function stop(message)
  io.stderr:write("tasks: ", message, "\n")
  os.exit(1, true)
end

local file = fs.read(options.file) or stop("there is no file " .. options.file)
local config, message = toml.decode(file)
if not config then stop(options.file .. ": " .. message) end
local tasks = config.tasks or {}

local state = {}
local function run(name)
  local task = tasks[name] or stop("there is no task '" .. name .. "'")
  if state[name] == "done" then return end
  if state[name] == "running" then stop("'" .. name .. "' needs itself") end
  state[name] = "running"
  for _, needed in ipairs(task.needs or {}) do run(needed) end
  for _, command in ipairs(task.run or {}) do
    print("$ " .. table.concat(command, " "))
    io.stdout:flush()
    command.stdout, command.stderr = "inherit", "inherit"
    local result, why = process.run(command)
    if not result then stop(why) end
    if not result.ok then stop(("'%s' has failed"):format(name)) end
  end
  state[name] = "done"
end

if options.task then
  run(options.task)
else
  local names = {}
  for name in pairs(tasks) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    print(name .. (tasks[name].help and "  " .. tasks[name].help or ""))
  end
end

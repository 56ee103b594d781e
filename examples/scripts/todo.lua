-- A list of things to do, in a JSON file: luka todo.lua [--file FILE] add TEXT | list [--all] | done NUMBER
local args, fs, json = require "luka.args", require "luka.fs", require "luka.json"

local parser = args.new("todo", "Keeps a list of things to do."):option(
  "--file",
  "where the list is kept",
  {default = "todo.json"}
)
parser:command("add", "adds a task"):positional("text", "what is to be done")
parser:command("list", "shows the tasks"):flag("--all", "those that are done, too")
parser:command("done", "marks a task as done"):positional("number", "its number", {
  convert = math.tointeger,
})
local options = parser:run()

local tasks = fs.exists(options.file) and assert(json.decode(assert(fs.read(options.file)))) or {}
local function save()
  assert(
    fs.write(
      options.file,
      assert(json.encode(json.array(tasks), {indent = 2, sort = true})) .. "\n"
    )
  )
end

if options.command == "add" then
  tasks[#tasks + 1] = {text = options.text, done = false}
  save()
  print(("%d: %s"):format(#tasks, options.text))
elseif options.command == "done" then
  local task = tasks[options.number]
  if not task then
    io.stderr:write("there is no task ", options.number, "\n")
    os.exit(1)
  end
  task.done = true
  save()
else
  for i, task in ipairs(tasks) do
    if options.all or not task.done then
      print(("%d [%s] %s"):format(i, task.done and "x" or " ", task.text))
    end
  end
end

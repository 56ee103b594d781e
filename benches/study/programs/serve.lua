-- Runs programs on demand and measures them: `load NAME LENGTH`, followed by so many bytes of text, makes one
-- ready; `run NAME ARGUMENT...` prints its result and the processor's seconds.
local programs = {}
local unpack = table.unpack or unpack
for line in io.lines() do
  local name, length = line:match "^load (%S+) (%d+)$"
  if name then
    programs[name] = assert((loadstring or load)(io.read(tonumber(length)), "=" .. name))
    io.read()
    io.write "ready\n"
  else
    local arguments = {}
    name = line:match "^run (%S+)"
    for argument in line:sub(#name + 5):gmatch "%S+" do
      arguments[#arguments + 1] = tonumber(argument)
    end
    local program = programs[name]
    local start = os.clock()
    local result = program(unpack(arguments))
    local seconds = os.clock() - start
    io.write(("%.0f %.9f\n"):format(result, seconds))
  end
  io.flush()
end

--- The compiler's command line, for PUC Lua 5.4 (and any other).
--
--   lua5.4 main.lua [-s] [-5] [-n NAME] [-o OUT] FILE    compile a file; to luka.out without -o
--   lua5.4 main.lua [-5] -p FILE…                        only say what is wrong
--   lua5.4 main.lua [-s] --batch < LIST > RESULTS
--
-- `-s` leaves debug information out, `-5` takes plain Lua 5.4 only, `-n` is the chunk's name (`@FILE`
-- without it).
--
-- A batch is what `luka bootstrap` compares: a line of the list is STD, NAME and PATH with tabs
-- between them (STD `Luka` or `Lua54`, NAME the chunk's); its result is the line `image SIZE` and that many
-- bytes of the image, `fault SIZE` and that many bytes of `CODE START STOP TEXT`, or `broken SIZE` and how the
-- compiler failed.

local dir = arg and arg[0] and arg[0]:match "^(.*[/\\])[^/\\]*$" or ""

--- The folder of this file is the module `luka.compiler`.
local function search(module)
  local path = (module .. "."):match "^luka%.compiler%.(.*)$"
  if not path then return nil end
  path = dir .. path:gsub("%.", "/")
  local candidates = {path:sub(1, -2) .. ".lua", path .. "init.lua"}
  for _, file in ipairs(candidates) do
    local handle = io.open(file, "rb")
    if handle then
      handle:close()
      local chunk, message = loadfile(file)
      if not chunk then error(message, 0) end
      return chunk, file
    end
  end
  return "\n\tno file '" .. table.concat(candidates, "'\n\tno file '") .. "'"
end

table.insert(package.searchers, 2, search)
local compiler = require "luka.compiler"

local function read(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text = file:read "a"
  file:close()
  if not text then return nil, path .. ": cannot be read" end
  return text
end

--- Says what is wrong on standard error, and that it went wrong.
local function fail(message)
  io.stderr:write("compiler: ", message, "\n")
  return false
end

local function batch(options)
  for line in io.lines() do
    local std, name, path = line:match "^(%w+)\t([^\t]*)\t(.*)$"
    local text, message = read(path)
    if not text then error(message, 0) end
    local ran, image, failure = pcall(compiler.compile, text, name, {
      std = std,
      kind = "File",
      strip = options.strip,
      planted = options.planted,
    })
    local kind, result = "image", image
    if not ran then
      kind, result = "broken", tostring(image)
    elseif not image then
      kind = "fault"
      result = ("%s %d %d %s"):format(failure.code, failure.start, failure.stop, failure.text)
    end
    io.write(kind, " ", #result, "\n", result)
  end
  return true
end

--- Compiles a file; its image goes to `out` if there is one.
local function compile(path, out, options)
  local text, message = read(path)
  if not text then return fail(message) end
  local image, failure = compiler.compile(text, options.name or "@" .. path, options)
  if not image then return fail(failure.text) end
  if not out then return true end
  local file
  file, message = io.open(out, "wb")
  if not file then return fail(message) end
  file:write(image)
  file:close()
  return true
end

local USAGE = "usage: main.lua [-s] [-5] [-n NAME] [-p | --batch | -o OUT] FILE…"

local function main()
  local options = {kind = "File", std = "Luka", strip = false}
  local out, files, at, checks = "luka.out", {}, 1, false
  while arg[at] do
    local word = arg[at]
    if word == "-s" then
      options.strip = true
    elseif word == "-5" then
      options.std = "Lua54"
    elseif word == "-p" then
      checks = true
    elseif word == "--planted" then
      options.planted = true
    elseif word == "-n" and arg[at + 1] then
      at = at + 1
      options.name = arg[at]
    elseif word == "-o" and arg[at + 1] then
      at = at + 1
      out = arg[at]
    elseif word == "--batch" then
      return batch(options)
    elseif word:sub(1, 1) == "-" then
      return fail(USAGE)
    else
      files[#files + 1] = word
    end
    at = at + 1
  end
  if #files == 0 or #files > 1 and not checks then return fail(USAGE) end
  local good = true
  for _, path in ipairs(files) do
    good = compile(path, not checks and out, options) and good
  end
  return good
end

os.exit(main(), true)

-- The files of JSONTestSuite (https://github.com/nst/JSONTestSuite): those beginning with `y` are JSON, those with `n` are
-- not, the others may be either. lua-cjson takes more than JSON, by default; what it refuses must not be JSON.
local fs, path = require "luka.fs", require "luka.path"

local function judge(decode, is_strict)
  local count, wrong = 0, {}
  for file in fs.walk(arg[1], "*.json") do
    local name = path.base(file)
    local value = decode(assert(fs.read(file)))
    local refused = name:sub(1, 1) == "y" and value == nil
    local taken = name:sub(1, 1) == "n" and value ~= nil
    if refused or taken and is_strict then wrong[#wrong + 1] = name end
    count = count + 1
  end
  for _, name in ipairs(wrong) do print("wrong", name) end
  return count, #wrong
end

local count, wrong = judge(require "luka.json".decode, true)
local _, refused = judge(require "cjson.safe".decode, false)
print(("luka.json: %d files, %d wrong; cjson: %d valid ones refused"):format(count, wrong, refused))

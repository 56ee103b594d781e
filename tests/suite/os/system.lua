-- os.execute, os.remove, os.rename, os.getenv, os.tmpname, os.setlocale, os.exit (manual 6.9).
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end

--- commands ---
print(os.execute()) -- expect: true
print(os.execute("exit 3")) -- expect: nil exit 3
print(os.execute("true")) -- expect: true exit 0
print(os.execute("kill -9 $$")) -- expect: nil signal 9
try(os.execute, {}) -- expect: false bad argument #1 to 'os.execute' (string expected, got table)

--- files ---
print(os.remove("/nonexistent/file")) -- expect: nil /nonexistent/file: No such file or directory 2
print(os.rename("/nonexistent/a", "/nonexistent/b")) -- expect: nil No such file or directory 2
try(os.remove) -- expect: false bad argument #1 to 'os.remove' (string expected, got no value)
try(os.rename, "a") -- expect: false bad argument #2 to 'os.rename' (string expected, got no value)
local name = os.tmpname()
print(io.open(name) ~= nil, os.rename(name, name .. "x"), os.remove(name .. "x"))
-- expect: true true true
print(select("#", os.remove(name)), (select(2, os.remove(name)):gsub("^.*: ", "")))
-- expect: 3 No such file or directory

--- environment ---
print(os.getenv("LUA_SUREly_not_set"), type(os.getenv("PATH"))) -- expect: nil string
try(os.getenv) -- expect: false bad argument #1 to 'os.getenv' (string expected, got no value)

--- locale ---
print(os.setlocale("C"), os.setlocale(), os.setlocale("C", "time"), os.setlocale(nil, "all"))
-- expect: C C C C
print(os.setlocale("xx_YY")) -- expect: nil
try(os.setlocale, nil, "bogus")
-- expect: false bad argument #2 to 'os.setlocale' (invalid option 'bogus')

--- exit ---
try(os.exit, "x") -- expect: false bad argument #1 to 'os.exit' (number expected, got string)
print("bye") -- expect: bye
os.exit(true, true)
print("not here")

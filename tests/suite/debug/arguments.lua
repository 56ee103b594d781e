-- "bad argument" errors: the function's name as its caller knows it, the argument's number.
--! lua 5.4.8
local function try(s, ...) print((select(2, pcall(load(s, "=s"), ...)))) end

--- functions and methods ---
try "string.rep()"
try "string.rep('x', {})"
try "('x'):rep({})"
try "('x'):rep()"
try "local s = 'x'; s:rep(nil)"
try "string.rep(nil, 1)"
try "local t = setmetatable({}, {__index = string}); t:rep(1)"
try "local t = setmetatable({}, {__index = string}); t.rep(1)"
try "local f = string.rep; f()"
try "local t = {g = string.rep}; t.g()"
try "local t = {g = string.rep}; t:g()"
try "local _ENV = {g = string.rep}; g()"
try "return string.rep()"
try "return (string.rep)()"
try "local t = {string.rep}; t[1]()"
try "local t = {string.rep}; local i = 1; t[i]()"
try "pcall(string.rep)"
try "print(pcall(string.rep))"
try "print(pcall(string.rep, {}))"
try "print(pcall(setmetatable, 1))"
try "print(pcall(math.floor, 'x'))"
try "table.insert(1, 2)"
try "table.insert({}, 1, 2, 3)"
try "table.insert({}, 'x', 2)"
try "table.concat({{}})"
try "table.concat({}, {})"
try "table.concat(1)"
try "math.floor({})"
try "math.floor('x')"
try "math.sin()"
try "math.random(0, -1)"
try "tostring()"
try "tonumber()"
try "tonumber('x', 99)"
try "tonumber(1, 10)"
try "setmetatable({}, 1)"
try "setmetatable(1, {})"
try "getmetatable()"
try "rawlen(5)"
try "rawget(1, 2)"
try "rawequal(1)"
try "select(0)"
try "select('x')"
try "ipairs()"
try "next({}, 'x')"
try "error()"
try "error('m')"
try "error('m', 2)"
try "error('m', 0)"
try "assert(false)"
try "assert(nil, 'msg')"
try "assert()"
try "load(1)"
try "load({})"
try "collectgarbage('x')"
try "coroutine.resume(1)"
try "coroutine.wrap(1)"
try "coroutine.status(1)"
try "coroutine.create()"
try "coroutine.close(coroutine.running())"
try "utf8.char('x')"
try "utf8.codepoint('\\xff')"
try "utf8.char(-1)"
try "string.char(256)"
try "string.format('%d', 'x')"
try "string.format('%d', 1.5)"
try "string.format('%y', 1)"
try "('%d'):format('x')"
try "('x'):bad()"
try "for a in string.gmatch(1) do end"
try "string.gsub('x', 'x', 1, 2, 3)"
try "string.gsub('x', 'x', true)"
try "('x'):gsub('x')"
try "io.open()"
try "io.open('x', 'zz')"
try "io.lines('/nonexistent/x')"
try "os.time({})"
try "os.date('%Ez')"
try "os.getenv()"
try "io.stdout:write({})"
try "io.stdout.write()"
try "io.stdout:seek('x')"
try "io.stdout.close(1)"
-- expect: s:1: bad argument #1 to 'rep' (string expected, got no value)
-- expect: s:1: bad argument #2 to 'rep' (number expected, got table)
-- expect: s:1: bad argument #1 to 'rep' (number expected, got table)
-- expect: s:1: bad argument #1 to 'rep' (number expected, got no value)
-- expect: s:1: bad argument #1 to 'rep' (number expected, got nil)
-- expect: s:1: bad argument #1 to 'rep' (string expected, got nil)
-- expect: s:1: calling 'rep' on bad self (string expected, got table)
-- expect: s:1: bad argument #2 to 'rep' (number expected, got no value)
-- expect: s:1: bad argument #1 to 'f' (string expected, got no value)
-- expect: s:1: bad argument #1 to 'g' (string expected, got no value)
-- expect: s:1: calling 'g' on bad self (string expected, got table)
-- expect: s:1: bad argument #1 to 'g' (string expected, got no value)
-- expect: s:1: bad argument #1 to 'rep' (string expected, got no value)
-- expect: s:1: bad argument #1 to 'rep' (string expected, got no value)
-- expect: s:1: bad argument #1 to 'integer index' (string expected, got no value)
-- expect: s:1: bad argument #1 to '?' (string expected, got no value)
-- expect: nil
-- expect: false bad argument #1 to 'string.rep' (string expected, got no value)
-- expect: nil
-- expect: false bad argument #1 to 'string.rep' (string expected, got table)
-- expect: nil
-- expect: false bad argument #1 to 'setmetatable' (table expected, got number)
-- expect: nil
-- expect: false bad argument #1 to 'math.floor' (number expected, got string)
-- expect: nil
-- expect: s:1: bad argument #1 to 'insert' (table expected, got number)
-- expect: s:1: wrong number of arguments to 'insert'
-- expect: s:1: bad argument #2 to 'insert' (number expected, got string)
-- expect: s:1: invalid value (table) at index 1 in table for 'concat'
-- expect: s:1: bad argument #2 to 'concat' (string expected, got table)
-- expect: s:1: bad argument #1 to 'concat' (table expected, got number)
-- expect: s:1: bad argument #1 to 'floor' (number expected, got table)
-- expect: s:1: bad argument #1 to 'floor' (number expected, got string)
-- expect: s:1: bad argument #1 to 'sin' (number expected, got no value)
-- expect: s:1: bad argument #1 to 'random' (interval is empty)
-- expect: s:1: bad argument #1 to 'tostring' (value expected)
-- expect: s:1: bad argument #1 to 'tonumber' (value expected)
-- expect: s:1: bad argument #2 to 'tonumber' (base out of range)
-- expect: s:1: bad argument #1 to 'tonumber' (string expected, got number)
-- expect: s:1: bad argument #2 to 'setmetatable' (nil or table expected, got number)
-- expect: s:1: bad argument #1 to 'setmetatable' (table expected, got number)
-- expect: s:1: bad argument #1 to 'getmetatable' (value expected)
-- expect: s:1: bad argument #1 to 'rawlen' (table or string expected, got number)
-- expect: s:1: bad argument #1 to 'rawget' (table expected, got number)
-- expect: s:1: bad argument #2 to 'rawequal' (value expected)
-- expect: s:1: bad argument #1 to 'select' (index out of range)
-- expect: s:1: bad argument #1 to 'select' (number expected, got string)
-- expect: s:1: bad argument #1 to 'ipairs' (value expected)
-- expect: invalid key to 'next'
-- expect: nil
-- expect: s:1: m
-- expect: m
-- expect: m
-- expect: s:1: assertion failed!
-- expect: s:1: msg
-- expect: s:1: bad argument #1 to 'assert' (value expected)
-- expect: nil
-- expect: s:1: bad argument #1 to 'load' (function expected, got table)
-- expect: s:1: bad argument #1 to 'collectgarbage' (invalid option 'x')
-- expect: s:1: bad argument #1 to 'resume' (thread expected, got number)
-- expect: s:1: bad argument #1 to 'wrap' (function expected, got number)
-- expect: s:1: bad argument #1 to 'status' (thread expected, got number)
-- expect: s:1: bad argument #1 to 'create' (function expected, got no value)
-- expect: s:1: cannot close a running coroutine
-- expect: s:1: bad argument #1 to 'char' (number expected, got string)
-- expect: s:1: invalid UTF-8 code
-- expect: s:1: bad argument #1 to 'char' (value out of range)
-- expect: s:1: bad argument #1 to 'char' (value out of range)
-- expect: s:1: bad argument #2 to 'format' (number expected, got string)
-- expect: s:1: bad argument #2 to 'format' (number has no integer representation)
-- expect: s:1: invalid conversion '%y' to 'format'
-- expect: s:1: bad argument #1 to 'format' (number expected, got string)
-- expect: s:1: attempt to call a nil value (method 'bad')
-- expect: s:1: bad argument #2 to 'gmatch' (string expected, got no value)
-- expect: nil
-- expect: s:1: bad argument #3 to 'gsub' (string/function/table expected, got boolean)
-- expect: s:1: bad argument #2 to 'gsub' (string/function/table expected, got no value)
-- expect: s:1: bad argument #1 to 'open' (string expected, got no value)
-- expect: s:1: bad argument #2 to 'open' (invalid mode)
-- expect: s:1: cannot open file '/nonexistent/x' (No such file or directory)
-- expect: s:1: field 'year' missing in date table
-- expect: s:1: bad argument #1 to 'date' (invalid conversion specifier '%Ez')
-- expect: s:1: bad argument #1 to 'getenv' (string expected, got no value)
-- expect: s:1: bad argument #1 to 'write' (string expected, got table)
-- expect: s:1: bad argument #1 to 'write' (FILE* expected, got no value)
-- expect: s:1: bad argument #1 to 'seek' (invalid option 'x')
-- expect: s:1: bad argument #1 to 'close' (FILE* expected, got number)

--- the debug library ---
try "debug.getinfo()" -- expect: s:1: bad argument #1 to 'getinfo' (number expected, got no value)
try "debug.getinfo('x')" -- expect: s:1: bad argument #1 to 'getinfo' (number expected, got string)
try "debug.getinfo(1, 'X')" -- expect: s:1: bad argument #2 to 'getinfo' (invalid option)
try "debug.getinfo(1, '>')" -- expect: s:1: bad argument #2 to 'getinfo' (invalid option '>')
try "debug.getinfo(1, {})" -- expect: s:1: bad argument #2 to 'getinfo' (string expected, got table)
try "debug.getlocal()" -- expect: s:1: bad argument #2 to 'getlocal' (number expected, got no value)
try "debug.getlocal(1)" -- expect: s:1: bad argument #2 to 'getlocal' (number expected, got no value)
try "debug.getlocal(100, 1)" -- expect: s:1: bad argument #1 to 'getlocal' (level out of range)
try "debug.getlocal('x', 1)" -- expect: s:1: bad argument #1 to 'getlocal' (number expected, got string)
try "debug.setlocal(1)" -- expect: s:1: bad argument #2 to 'setlocal' (number expected, got no value)
try "debug.setlocal(1, 1)" -- expect: s:1: bad argument #3 to 'setlocal' (value expected)
try "debug.setlocal(100, 1, 1)" -- expect: s:1: bad argument #1 to 'setlocal' (level out of range)
try "debug.getupvalue(1)" -- expect: s:1: bad argument #2 to 'getupvalue' (number expected, got no value)
try "debug.getupvalue(1, 1)" -- expect: s:1: bad argument #1 to 'getupvalue' (function expected, got number)
try "debug.setupvalue(1, 1)" -- expect: s:1: bad argument #3 to 'setupvalue' (value expected)
try "debug.setupvalue(1, 1, 1)" -- expect: s:1: bad argument #1 to 'setupvalue' (function expected, got number)
try "debug.upvalueid(print, 1)" -- expect: nil
try "debug.upvalueid(1, 1)" -- expect: s:1: bad argument #1 to 'upvalueid' (function expected, got number)
try "debug.upvaluejoin(print, 1, print, 1)" -- expect: s:1: bad argument #2 to 'upvaluejoin' (invalid upvalue index)
try "debug.upvaluejoin(function () return x end, 1, print, 1)" -- expect: s:1: bad argument #4 to 'upvaluejoin' (invalid upvalue index)
try "debug.upvaluejoin(function () return x end, 1, string.gmatch('x', 'x'), 1)" -- expect: s:1: bad argument #3 to 'upvaluejoin' (Lua function expected)
try "debug.upvaluejoin(string.gmatch('x', 'x'), 1, function () return x end, 1)" -- expect: s:1: bad argument #1 to 'upvaluejoin' (Lua function expected)
try "debug.setmetatable({}, 1)" -- expect: s:1: bad argument #2 to 'setmetatable' (nil or table expected, got number)
try "debug.setmetatable({})" -- expect: s:1: bad argument #2 to 'setmetatable' (nil or table expected, got no value)
try "debug.getmetatable()" -- expect: s:1: bad argument #1 to 'getmetatable' (value expected)
try "debug.sethook(1)" -- expect: s:1: bad argument #2 to 'sethook' (string expected, got no value)
try "debug.sethook(1, 'l')" -- expect: s:1: bad argument #1 to 'sethook' (function expected, got number)
try "debug.sethook(print)" -- expect: s:1: bad argument #2 to 'sethook' (string expected, got no value)
try "debug.sethook(print, 'l', 'x')" -- expect: s:1: bad argument #3 to 'sethook' (number expected, got string)
try "debug.setuservalue(1, 1)" -- expect: s:1: bad argument #1 to 'setuservalue' (userdata expected, got number)
try "debug.setuservalue(debug.upvalueid(function () return x end, 1), 1)" -- expect: s:1: bad argument #1 to 'setuservalue' (userdata expected, got light userdata)
try "debug.setcstacklimit()" -- expect: s:1: bad argument #1 to 'setcstacklimit' (number expected, got no value)
try "debug.traceback(1, 'x')" -- expect: s:1: bad argument #2 to 'traceback' (number expected, got string)
try "debug.traceback(coroutine.create(print), 'x', {})" -- expect: s:1: bad argument #3 to 'traceback' (number expected, got table)

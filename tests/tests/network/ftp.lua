-- LuaSocket's socket.ftp, with a server in a process of its own.

--- ftp ---
local socket, ltn12 = require "socket", require "ltn12"
local ftp = require "socket.ftp"
local process = require "luka.process"

-- Keeps files in a table; knows EPSV unless it is told not to.
local SERVER = [[
local socket = require "socket"
local count, modern = ..., select(2, ...) == "modern"
local server = assert(socket.bind("127.0.0.1", 0))
print((select(2, server:getsockname())))
local files = {["a.txt"] = "content of a"}
local log = io.open(select(3, ...), "w")
for i = 1, count do
  local c = server:accept()
  c:settimeout(5)
  c:send "120 wait\r\n220 ready\r\n"
  local waiting, address
  local function data()
    if waiting then return (waiting:accept()) end
    return (socket.connect(address[1], address[2]))
  end
  while true do
    local line = c:receive()
    if not line then break end
    log:write(line, "\n")
    local command, rest = line:match "^(%S+) ?(.*)$"
    if command == "USER" then c:send(rest == "free" and "230 welcome\r\n" or "331 password?\r\n")
    elseif command == "PASS" then c:send(rest == "wrong" and "530 no\r\n" or "230 welcome\r\n")
    elseif command == "TYPE" or command == "CWD" then c:send(command == "TYPE" and "200 ok\r\n" or "250 ok\r\n")
    elseif command == "EPSV" and not modern then c:send "500 what?\r\n"
    elseif command == "EPSV" or command == "PASV" then
      waiting = assert(socket.bind("127.0.0.1", 0))
      local port = select(2, waiting:getsockname())
      c:send(command == "EPSV" and ("229 ok (|||%d|)\r\n"):format(port)
        or ("227 ok (127,0,0,1,%d,%d)\r\n"):format(port // 256, port % 256))
    elseif command == "PORT" then
      local a, b, c1, d, high, low = rest:match "(%d+),(%d+),(%d+),(%d+),(%d+),(%d+)"
      address, waiting = {a .. "." .. b .. "." .. c1 .. "." .. d, high * 256 + low}, nil
      c:send "200 ok\r\n"
    elseif command == "EPRT" then
      local ip, port = rest:match "|1|(.-)|(%d+)|"
      address, waiting = {ip, tonumber(port)}, nil
      c:send "200 ok\r\n"
    elseif command == "RETR" then
      if files[rest] then
        c:send "150 here\r\n"
        local d = data()
        d:send(files[rest]) d:close()
        c:send "226 done\r\n"
      else c:send "550 no such file\r\n" end
    elseif command == "STOR" then
      c:send "150 go on\r\n"
      local d = data()
      files[rest] = d:receive "*a" d:close()
      c:send "226 done\r\n"
    elseif command == "QUIT" then c:send "221 bye\r\n" break
    else c:send "502 no\r\n" end
  end
  c:close()
end
log:close()
]]
local script, log = os.tmpname(), os.tmpname()
local out = assert(io.open(script, "w"))
out:write(SERVER)
out:close()
local function serve(count, kind)
  local server = assert(process.spawn {arg[-1], script, tostring(count), kind, log, stdout = "stream"})
  return server, tonumber(server:line(10))
end

for _, kind in ipairs {"modern", "old"} do
  local server, port = serve(7, kind)
  local address = "ftp://127.0.0.1:" .. port
  print(ftp.get(address .. "/a.txt;type=i")) -- expect: content of a
  print(ftp.get(address .. "/none")) -- expect: nil 550 no such file
  local large = ("0123456789"):rep(30000)
  print(ftp.put(address .. "/b%20c.bin", large)) -- expect: 300000
  local parts = {}
  print(ftp.get {host = "127.0.0.1", port = port, path = "b c.bin", user = "free", sink = ltn12.sink.table(parts)}, table.concat(parts) == large) -- expect: 1 true
  print(ftp.get {host = "127.0.0.1", port = port, path = "a.txt", user = "u", password = "wrong", sink = ltn12.sink.null()}) -- expect: nil 530 no
  print(ftp.command {host = "127.0.0.1", port = port, command = {"cwd", "type"}, argument = {"x", "a"}, check = {250, 200}}) -- expect: 1
  -- The server connects to this side.
  local session = ftp.open("127.0.0.1", port)
  print(session:greet(), session:login(), session:cwd "x", session:type "i", session:port()) -- expect: 1 1 1 1 1
  local received = {}
  print(session:receive {argument = "a.txt", sink = ltn12.sink.table(received)}, received[1]) -- expect: 1 content of a
  print(session:eprt()) -- expect: 1
  print(session:send {argument = "n.txt", source = ltn12.source.string "new"}) -- expect: 3
  print(math.type(select(2, session:pasv()))) -- expect: integer
  print(session:receive {argument = "n.txt", sink = ltn12.sink.table(received)}, received[2]) -- expect: 1 new
  print(session:quit(), session:close(), server:wait(10).ok) -- expect: 1 1 true
end
-- expect: content of a
-- expect: nil 550 no such file
-- expect: 300000
-- expect: 1 true
-- expect: nil 530 no
-- expect: 1
-- expect: 1 1 1 1 1
-- expect: 1 content of a
-- expect: 1
-- expect: 3
-- expect: integer
-- expect: 1 new
-- expect: 1 1 true

local seen = assert(io.open(log)):read "a"
print(seen:match "^USER ftp\nPASS anonymous@anonymous.org\nTYPE i\nEPSV\nPASV\nRETR a.txt\nQUIT\n" ~= nil) -- expect: true
print(seen:find("STOR b c.bin\n", 1, true) ~= nil) -- expect: true
os.remove(script)
os.remove(log)
print(ftp.get "http://127.0.0.1/") -- expect: nil wrong scheme 'http'
print(ftp.get "ftp://127.0.0.1/x;type=q") -- expect: nil invalid type 'q'
print(ftp.get {path = "x"}) -- expect: nil missing hostname
print(ftp.get "ftp://127.0.0.1:1/x") -- expect: nil connection refused
print(ftp.command {host = "127.0.0.1"}) -- expect: nil missing command

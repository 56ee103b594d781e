-- LuaSocket's mail: socket.smtp over socket.tp, with a server in a process of its own.

--- mail ---
local socket, ltn12, mime = require "socket", require "ltn12", require "mime"
local tp, smtp = require "socket.tp", require "socket.smtp"
local process = require "luka.process"

-- The server says its port, then what it is told; a reply for each line.
local SERVER = [[
local socket = require "socket"
local server = assert(socket.bind("127.0.0.1", 0))
print((select(2, server:getsockname())))
io.stdout:setvbuf "line"
for i = 1, ... do
  local c = server:accept()
  c:settimeout(5)
  c:send "220-hello\r\n220 there\r\n"
  local login
  while true do
    local line = c:receive()
    if not line then print "gone" break end
    print(line)
    if line:find "^EHLO" then c:send "250-me\r\n250-SIZE\r\n250 AUTH PLAIN LOGIN\r\n"
    elseif line == "AUTH LOGIN" then c:send "334 a\r\n" print(c:receive()) c:send "334 b\r\n" print(c:receive()) c:send "235 ok\r\n"
    elseif line:find "^AUTH" then c:send "235 ok\r\n"
    elseif line:find "refused" then c:send "550 no such user\r\n"
    elseif line == "DATA" then
      c:send "354 go on\r\n"
      repeat line = c:receive() print(line) until line == "."
      c:send "250 taken\r\n"
    elseif line == "QUIT" then c:send "221 bye\r\n" break
    else c:send "250 ok\r\n" end
  end
  c:close()
end
]]
local function serve(count)
  local file = os.tmpname()
  local out = assert(io.open(file, "w"))
  out:write(SERVER)
  out:close()
  local server = assert(process.spawn {arg[-1], file, tostring(count), stdout = "stream"})
  local port = tonumber(server:line(10))
  os.remove(file)
  return server, port
end

local server, port = serve(4)
local function said() for line in server:lines() do io.write(line, "\n") if line == "QUIT" or line == "gone" then break end end end

local source = smtp.message {
  headers = {subject = "Hi", from = "<a@x>", date = "today", ["x-mailer"] = "test"},
  body = "Dear,\r\n.dot\r\nbye",
}
print(smtp.send {server = "127.0.0.1", port = port, from = "<a@x>", rcpt = {"<b@x>", "<c@x>"}, source = source, domain = "me.x"}) -- expect: 1
said()
-- expect: EHLO me.x
-- expect: MAIL FROM:<a@x>
-- expect: RCPT TO:<b@x>
-- expect: RCPT TO:<c@x>
-- expect: DATA
-- expect: Content-Type: text/plain; charset="iso-8859-1"
-- expect: Date: today
-- expect: From: <a@x>
-- expect: MIME-Version: 1.0
-- expect: Subject: Hi
-- expect: X-Mailer: test
-- expect:
-- expect: Dear,
-- expect: ..dot
-- expect: bye
-- expect: .
-- expect: QUIT
local mail = {server = "127.0.0.1", port = port, from = "<a@x>", rcpt = "<refused@x>", source = ltn12.source.empty(), user = "u", password = "p"}
print(smtp.send(mail)) -- expect: nil 550 no such user
said()
-- expect: EHLO localhost
-- expect: AUTH LOGIN
-- expect: dQ==
-- expect: cA==
-- expect: MAIL FROM:<a@x>
-- expect: RCPT TO:<refused@x>
-- expect: gone

-- Step by step; a line feed in an argument does not begin a command.
local session = smtp.open("127.0.0.1", port)
print((session:greet "x":gsub("\r?\n", "|"))) -- expect: 250-me|250-SIZE|250 AUTH PLAIN LOGIN
print(session:plain("u", "p")) -- expect: 235 235 ok
print(session:mail "<a>") -- expect: 250 250 ok
print(socket.protect(function() session:rcpt "<a>\r\nDATA" end)()) -- expect: nil a line feed in an argument
said()
-- expect: EHLO x
-- expect: AUTH PLAIN AHUAcA==
-- expect: MAIL FROM:<a>
-- expect: gone

-- The protocol below.
local control = assert(tp.connect("127.0.0.1", port, 5))
print((select(2, control:check "2"):gsub("\n", "|"))) -- expect: 220-hello|220 there
print(control:command("noop", "x"), control:check {"3..", "25."}) -- expect: 8 250 250 ok
print(control:command "noop", control:check "4..") -- expect: 6 nil 250 ok
print(control:command "noop", control:check(function(code, reply) return reply, code end)) -- expect: 6 250 ok 250
print(math.type(control:getfd()), control:dirty(), (control:getcontrol():getpeername())) -- expect: integer false 127.0.0.1
control:close()
server:kill()
print(tp.connect("127.0.0.1", 1, 1)) -- expect: nil connection refused
print(smtp.send {server = "127.0.0.1", port = 1, from = "", rcpt = "", source = ltn12.source.empty()}) -- expect: nil connection refused

-- Parts.
local pieces = {}
assert(ltn12.pump.all(smtp.message {
  headers = {date = "now"},
  body = {
    preamble = "before", epilogue = "after",
    {body = "one"},
    {headers = {["content-type"] = "text/html"}, body = ltn12.source.chain(ltn12.source.string "a=b", mime.encode "quoted-printable")},
  },
}, (ltn12.sink.table(pieces))))
local text = table.concat(pieces)
local boundary = text:match 'multipart/mixed; boundary="([^"]+)"'
print(select(2, text:gsub("\r\n%-%-" .. boundary:gsub("%p", "%%%0"), "")), text:find("a=3Db", 1, true) ~= nil) -- expect: 3 true
print(text:match "\r\n(before)\r\n", text:match "%-%-\r\n\r\n(after)\r\n$") -- expect: before after
local failing = smtp.message {body = function() return nil, "broken" end}
local ok, why
repeat ok, why = failing() until not ok
print(why) -- expect: broken

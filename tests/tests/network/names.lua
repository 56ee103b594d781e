-- Names of addresses: from the file of hosts, and from a name server in a process of its own.

--- names of addresses ---
local socket, names = require "socket", require "socket.names"
local process = require "luka.process"
local hosts, servers, script = os.tmpname(), os.tmpname(), os.tmpname()
local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end
names.HOSTS, names.SERVERS, names.TIMEOUT = hosts, servers, 2
write(hosts, "# local\n127.0.0.1 here also  # and so on\n0:0::1 six\nbad line\n")
write(servers, "")
print((socket.dns.tohostname "127.0.0.1"), select(2, socket.dns.tohostname "127.0.0.1").ip[1]) -- expect: here 127.0.0.1
print(table.concat(socket.dns.getnameinfo "127.0.0.1", " "), (socket.dns.tohostname "::1")) -- expect: here also six
print(socket.dns.tohostname "10.1.2.3") -- expect: nil host or service not provided, or not known

-- It says what it was asked, and answers by the last part of the address.
write(script, [[
  local socket = require "socket"
  local udp = socket.udp4()
  assert(udp:setsockname("127.0.0.1", 0))
  io.stdout:setvbuf "line"
  print((select(2, udp:getsockname())))
  local answers = {
    ["3"] = function(head, question)
      -- One that is not for this question comes first; names point to others.
      return {"xx" .. head:sub(3), head .. "\x84\0\0\1\0\2\0\0\0\0" .. question
        .. "\xc0\x0c\0\5\0\1\0\0\0\1\0\2\xc0\x0c"
        .. "\xc0\x0c\0\x0c\0\1\0\0\0\1\0\x0e\4host\7example\0"}
    end,
    ["4"] = function(head, question) return {head .. "\x81\x83\0\1\0\0\0\0\0\0" .. question} end,
    ["5"] = function(head) return {"", "short", head .. "\x80\0\0\1\0\1\0\0\0\0\xc0\x0c\0\x0c\0\1",
      head .. "\x80\0\0\0\0\1\0\0\0\0\xc0\x0c\0\0\0\0\0\0\0\0\0\0"} end,
  }
  while true do
    local text, ip, port = udp:receivefrom()
    local labels, at = {}, 13
    while text:byte(at) > 0 do
      local label = ("s1"):unpack(text, at)
      labels[#labels + 1] = label
      at = at + 1 + #label
    end
    print(table.concat(labels, "."), (">I2I2"):unpack(text, at + 1))
    local answer = answers[labels[1] ]
    for _, message in ipairs(answer and answer(text:sub(1, 2), text:sub(13)) or {}) do udp:sendto(message, ip, port) end
  end
]])
local server = assert(process.spawn {arg[-1], script, stdout = "stream"})
names.PORT = tonumber(server:line(10))
write(servers, "search example\nnameserver not-an-address\nnameserver 127.0.0.1 # the only one\n")
print((socket.dns.tohostname "10.1.2.3")) -- expect: host.example
print(server:line(5):match "^(%S+)%s(%d+)%s(%d+)") -- expect: 3.2.1.10.in-addr.arpa 12 1
print(socket.dns.tohostname "10.1.2.4") -- expect: nil host or service not provided, or not known
print(server:line(5):match "^%S+") -- expect: 4.2.1.10.in-addr.arpa
names.TIMEOUT = 0.2
print(socket.dns.tohostname "10.1.2.5") -- expect: nil timeout
server:line(5)
print(socket.dns.tohostname "10.1.2.6") -- expect: nil timeout
server:line(5)
print(socket.dns.tohostname "2001:db8::567:89ab") -- expect: nil timeout
print(server:line(5):match "^%S+") -- expect: b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa
server:kill()
for _, file in ipairs {hosts, servers, script} do os.remove(file) end

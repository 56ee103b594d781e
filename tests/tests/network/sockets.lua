-- LuaSocket's streams and datagrams.

--- streams and datagrams ---
local socket = require "socket"

local server = assert(socket.bind("127.0.0.1", 0))
local ip, port, family = server:getsockname()
print(ip, math.type(port), family) -- expect: 127.0.0.1 integer inet

local function pair()
  local client = assert(socket.connect(ip, port))
  return client, assert(server:accept())
end

local client, other = pair()
print(tostring(client):match "^[^:]+", tostring(server):match "^[^:]+", type(client)) -- expect: tcp{client} tcp{server} userdata
print(client.class, client:getpeername() == ip, select(2, client:getpeername()) == port) -- expect: tcp{client} true true

-- Patterns.
print(client:send "one\r\ntwo\n12345rest") -- expect: 18
print(other:receive()) -- expect: one
print(other:receive "*l") -- expect: two
print(other:receive(5)) -- expect: 12345
other:settimeout(0.02)
print(other:receive(10)) -- expect: nil timeout rest
print(other:receive(10, "rest")) -- expect: nil timeout rest
client:send "-more"
print(other:receive(9, "rest")) -- expect: rest-more
client:send "no line"
print(other:receive "*l") -- expect: nil timeout no line
client:close()
print(other:receive "*a") -- expect: nil closed 
print(other:receive()) -- expect: nil closed 
print(client:send "x") -- expect: nil closed 0
print(pcall(other.receive, other, "*x")) -- expect: false bad argument #2 to 'receive' (invalid receive pattern)
print(pcall(other.send, server, "x")) -- expect: false bad argument #1 to 'send' (tcp{client} expected, got tcp{server})

-- Everything up to the end; parts of texts.
client, other = pair()
print(client:send("abcdef", 2, 4), client:send("abcdef", -2), client:send("", 1)) -- expect: 4 6 0
client:shutdown "send"
print(other:receive "*a") -- expect: bcdef
other:close()

-- What does not fit into the buffers waits, and time limits hold.
client, other = pair()
client:settimeout(0.05)
local text = ("x"):rep(1 << 24)
local sent, message, last = client:send(text)
print(sent, message, last > 1000 and last < #text) -- expect: nil timeout true
client:settimeout(0.05, "t")
local begin = socket.gettime()
print(client:receive(1)) -- expect: nil timeout 
local took = socket.gettime() - begin
print(took > 0.04 and took < 5) -- expect: true
print(client:getstats() == 0, select(2, client:getstats()) == last, select(3, client:getstats()) > 0) -- expect: true true true

-- select.
local ready, _, why = socket.select({server}, nil, 0.01)
print(#ready, why) -- expect: 0 timeout
local third = socket.connect(ip, port)
ready = socket.select({server, third}, {third})
print(#ready, ready[1] == server, ready[server]) -- expect: 1 true 1
local _, writable = socket.select(nil, {third}, 1)
print(writable[1] == third) -- expect: true

-- Options, families, closing.
print(third:setoption("tcp-nodelay", true), third:getoption "tcp-nodelay") -- expect: 1 true
print(third:setoption("linger", {on = true, timeout = 3}), third:getoption("linger").timeout) -- expect: 1 3
print(pcall(third.setoption, third, "x", 1)) -- expect: false bad argument #2 to 'setoption' (unsupported option 'x')
print(third:getfamily(), third:close(), third:close()) -- expect: inet 1 1

-- Datagrams.
local a, b = socket.udp4(), socket.udp()
print(a:setsockname("127.0.0.1", 0)) -- expect: 1
local _, a_port = a:getsockname()
print(b:setpeername("127.0.0.1", a_port), tostring(b):match "^[^:]+") -- expect: 1 udp{connected}
print(b:send "datagram") -- expect: 1
local data, from, from_port = a:receivefrom()
print(data, from, from_port == select(2, b:getsockname())) -- expect: datagram 127.0.0.1 true
print(a:sendto("answer, cut", from, from_port), b:receive(6)) -- expect: 1 answer
a:settimeout(0.01)
print(a:receive()) -- expect: nil timeout

-- Without time, a name is looked up all the same: then there is something to wait for.
local named = socket.tcp()
named:settimeout(0)
local hosted = assert(socket.bind("localhost", 0))
print((select(2, named:connect("localhost", (select(2, hosted:getsockname())))) or "timeout"), named:getfd() > 0) -- expect: timeout true
print(#select(2, socket.select(nil, {named}, 5)), (hosted:accept():getsockname()) == (hosted:getsockname())) -- expect: 1 true
-- While a connection is under way, asking again says so. (Whoever does not accept has room for few.)
local full = socket.tcp()
assert(full:bind("127.0.0.1", 0))
assert(full:listen(0))
local full_port = select(2, full:getsockname())
local taken, waiting = {}
repeat
  waiting = socket.tcp()
  waiting:settimeout(0.05)
  local ok = waiting:connect("127.0.0.1", full_port)
  taken[#taken + 1] = ok and waiting
until not ok or #taken > 20
print((select(2, waiting:connect("127.0.0.1", full_port)))) -- expect: Operation already in progress
print(waiting:close(), full:close()) -- expect: 1 1

-- What is not there.
print(socket.connect("127.0.0.1", 1)) -- expect: nil connection refused
print(socket.bind("127.0.0.1", port)) -- expect: nil address already in use
print(socket.connect("", 80)) -- expect: nil host or service not provided, or not known
print(socket.connect("127.0.0.1", "x")) -- expect: nil host or service not provided, or not known
print((socket.dns.toip "127.0.0.1")) -- expect: 127.0.0.1

-- luka.http and socket.http: a server here, clients in other processes.

--- requests and responses ---
local http = require "luka.http"
local process = require "luka.process"

local errors = {}
local server = assert(http.server {
  most = 100000,
  timeout = 0.3,
  on_error = function(message) errors[#errors + 1] = message:match "[^\n]+" end,
  handler = function(request)
    if request.path == "/echo" then
      return {json = {request.method, request.query.a or "", request.body, request.headers["x-name"] or ""}}
    elseif request.path == "/text" then
      return "text\n", 201
    elseif request.path == "/error" then
      error "the handler fails"
    elseif request.path == "/stream" then
      local n = 0
      return {
        headers = {["Content-Type"] = "text/csv"},
        body = function()
          n = n + 1
          return n <= 3 and ("%d,"):format(n) or nil
        end,
      }
    elseif request.path == "/away" then
      return {status = 302, headers = {location = "/echo?a=b+c%21"}}
    elseif request.path == "/round" then
      return {status = 302, headers = {location = "/round"}}
    elseif request.path == "/invalid" then
      return {headers = {["X-A"] = "a\r\nX-B: injected"}}
    elseif request.path == "/empty" then
      return 204
    elseif request.path == "/form" then
      return request:form().name
    end
  end,
})
local base = "http://127.0.0.1:" .. server.port

-- Runs a program as a client while the server serves; prints what it prints.
local function client(program)
  local prefix = ([[
    local base, port = %q, %d
    local http, socket = require "luka.http", require "socket"
    local function show(response, message)
      if not response then return print(nil, message) end
      print(response.status, response.reason, response.headers["content-type"], (response.body:gsub("\n$", "")))
    end
    local function raw(text)
      local c = assert(socket.connect("127.0.0.1", port))
      c:send(text)
      c:settimeout(5)
      local answer = c:receive "*a" or "nothing"
      print((answer:gsub("\r\n.-\r\n\r\n", " | "):gsub("\n$", "")))
    end
  ]]):format(base, server.port)
  local running = assert(process.spawn {arg[-1], "-e", prefix .. program, stderr = "merge"})
  while true do
    server:step(0.01)
    local result = running:wait(0)
    if result then
      io.write(result.out)
      return
    end
  end
end

client [[ show(http.get(base .. "/text")) ]] -- expect: 201 Created text/plain; charset=utf-8 text
client [[ show(http.get(base .. "/echo?a=%C3%A9+x", {headers = {["X-Name"] = "n"}})) ]] -- expect: 200 OK application/json ["GET","é x","","n"]
client [[ show(http.post(base .. "/echo", {1, {k = true}})) ]] -- expect: 200 OK application/json ["POST","","[1,{\"k\":true}]",""]
client [[ print(http.get(base .. "/echo"):json()[1]) ]] -- expect: GET
client [[ show(http.get(base .. "/none")) ]] -- expect: 404 Not Found text/plain; charset=utf-8 Not Found
client [[ show(http.get(base .. "/stream")) ]] -- expect: 200 OK text/csv 1,2,3,
client [[ show(http.get(base .. "/away")) ]] -- expect: 200 OK application/json ["GET","b c!","",""]
client [[ show(http.get(base .. "/away", {redirects = 0})) ]] -- expect: 302 Found text/plain; charset=utf-8 
client [[ show(http.get(base .. "/round")) ]] -- expect: nil too many redirects
client [[ show(http.get(base .. "/empty")) ]] -- expect: 204 No Content nil 
client [[ show(http.request {url = base .. "/text", method = "HEAD"}) ]] -- expect: 201 Created text/plain; charset=utf-8 
client [[ show(http.post(base .. "/form", "name=a%26b&x=1")) ]] -- expect: 200 OK text/plain; charset=utf-8 a&b
client [[
  local n = 0
  show(http.request {url = base .. "/echo", body = function() n = n + 1 return n < 3 and "piece" .. n or nil end})
]] -- expect: 200 OK application/json ["POST","","piece1piece2",""]
client [[
  local pieces = {}
  local response = http.get(base .. "/stream", {sink = function(piece) pieces[#pieces + 1] = piece end})
  print(response.body, table.concat(pieces))
]] -- expect: nil 1,2,3,

-- Errors of the program.
client [[ show(http.get(base .. "/error")) ]] -- expect: 500 Internal Server Error text/plain; charset=utf-8 Internal Server Error
print(table.remove(errors)) -- expect: http.lua:18: the handler fails
client [[ show(http.get(base .. "/invalid")) ]] -- expect: 500 Internal Server Error text/plain; charset=utf-8 Internal Server Error
print(table.remove(errors)) -- expect: invalid header 'x-a'
client [[ print(pcall(http.get, base .. "/text", {headers = {["a b"] = "c"}})) ]] -- expect: false invalid header 'a b'

-- What is not allowed, or not understood.
client [[ show(http.post(base .. "/echo", ("x"):rep(100001))) ]] -- expect: 413 Content Too Large text/plain; charset=utf-8 Content Too Large
client [[ show(http.get(base .. "/stream", {most = 3})) ]] -- expect: nil 127.0.0.1: too long
client [[ show(http.get "ftp://127.0.0.1/") ]] -- expect: nil ftp: only http and https are supported
client [[ show(http.get "127.0.0.1") ]] -- expect: nil '127.0.0.1' is no address of the web
client [[ show(http.get "http://127.0.0.1:1/") ]] -- expect: nil 127.0.0.1:1: connection refused
client [[ raw "GET / HTTP/1.1\r\n\r\n" ]] -- expect: HTTP/1.1 400 Bad Request | Bad Request
client [[ raw "nonsense\r\n\r\n" ]] -- expect: HTTP/1.1 400 Bad Request | Bad Request
client [[ raw "GET / HTTP/1.1\r\nhost : x\r\n\r\n" ]] -- expect: HTTP/1.1 400 Bad Request | Bad Request
client [[ raw("GET / HTTP/1.1\r\nhost: " .. ("x"):rep(70000) .. "\r\n\r\n") ]] -- expect: HTTP/1.1 431 Request Header Fields Too Large | Headers Too Large
client [[ raw "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n" ]] -- expect: HTTP/1.1 400 Bad Request | Bad Request
client [[ raw "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n" ]] -- expect: HTTP/1.1 400 Bad Request | Bad Request
client [[ raw "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n" ]] -- expect: HTTP/1.1 501 Not Implemented | Not Implemented
client [[ raw "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n" ]] -- expect: HTTP/1.1 400 Bad Request | Bad Request
-- Who sends nothing more is not waited for.
client [[ raw "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n1" ]] -- expect: HTTP/1.1 408 Request Timeout | Request Timeout
client [[ raw "GET /te" ]] -- expect: nothing
-- Two requests on one connection, and the old protocol.
client [[ raw "GET /text HTTP/1.1\r\nhost: x\r\n\r\nGET /text HTTP/1.0\r\n\r\n" ]]
-- expect: HTTP/1.1 201 Created | text
-- expect: HTTP/1.1 201 Created | text

-- LuaSocket's client.
client [[
  local http, ltn12 = require "socket.http", require "ltn12"
  local body, code, headers, status = http.request(base .. "/text")
  print(body:gsub("\n", ""), code, headers["content-length"], status)
  print((select(2, http.request(base .. "/none"))))
  print((http.request(base .. "/echo", "a=1")))
  local parts = {}
  print((http.request {url = base .. "/stream", sink = (ltn12.sink.table(parts))}), table.concat(parts))
  print((http.request(base .. "/away")))
  http.request {url = base .. "/echo", method = "PUT", source = ltn12.source.string "body", sink = (ltn12.sink.table(parts))}
  print(parts[#parts])
  print(http.request "ftp://127.0.0.1/")
  print(http.request "http://127.0.0.1:1/")
]]
-- expect: text 201 5 HTTP/1.1 201 Created
-- expect: 404
-- expect: ["POST","","a=1",""]
-- expect: 1 1,2,3,
-- expect: ["GET","b c!","",""]
-- expect: ["PUT","","body",""]
-- expect: nil unknown scheme 'ftp'
-- expect: nil connection refused
server:stop()
print(server:step()) -- expect: false

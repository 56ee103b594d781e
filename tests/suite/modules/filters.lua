-- ltn12, mime and socket.url, which need no network.
--! skip oracle PUC Lua has none

--- filters and addresses ---
local ltn12 = require "ltn12"
local mime = require "mime"
local url = require "socket.url"

local function through(filter, text, size)
  local i = 1
  local source = function()
    if i > #text then return nil end
    i = i + size
    return text:sub(i - size, i - 1)
  end
  local sink, parts = ltn12.sink.table()
  assert(ltn12.pump.all(ltn12.source.chain(source, filter), sink))
  return table.concat(parts)
end

-- The same in pieces of every size, forth and back.
local texts = {"", "a", "ab", "abc", "été = 1\r\n  \r\nlast \r\n", ("\0\1\255 \t\r\n"):rep(300), ("x"):rep(200), "no end"}
for _, text in ipairs(texts) do
  for _, size in ipairs {1, 2, 3, 5, 75, 76, 77, 1000} do
    local encoded = through(mime.encode "base64", text, size)
    assert(through(mime.decode "base64", encoded, size) == text)
    local quoted = through(ltn12.filter.chain(mime.encode "quoted-printable", mime.wrap "quoted-printable"), text, size)
    for line in quoted:gmatch "([^\r\n]*)\r\n" do assert(#line <= 76, line) end
    local back = through(mime.decode "quoted-printable", quoted, size)
    assert(back == text, ("%q in pieces of %d: %q"):format(text, size, back))
  end
end
print(through(mime.encode "base64", "Luka", 1)) -- expect: THVrYQ==
print(through(mime.encode "quoted-printable", "a=b \r\n", 1) == "a=3Db=20\r\n") -- expect: true
print(through(mime.encode("quoted-printable", "binary"), "a\r\nb", 2)) -- expect: a=0D=0Ab
print((through(mime.wrap("text", 4), "abcdefghij", 3):gsub("\r\n", "|"))) -- expect: abcd|efgh|ij|
print((through(mime.normalize "|", "a\nb\r\nc\rd\n\re\n\nf", 1))) -- expect: a|b|c|d|e||f
print((through(mime.stuff(), ".a\r\n..b\r\nc.", 1):gsub("\r\n", "|"))) -- expect: ..a|...b|c.
print(pcall(mime.encode, "base65")) -- expect: false unknown key (base65)

-- Sources and sinks.
local sink, parts = ltn12.sink.table()
print(ltn12.pump.all(ltn12.source.cat(ltn12.source.string "ab", ltn12.source.empty(), ltn12.source.table {"c", "d"}), sink)) -- expect: 1
print(table.concat(parts, ",")) -- expect: ab,c,d
print(ltn12.pump.all(ltn12.source.error "no data", ltn12.sink.null())) -- expect: nil no data
print(ltn12.pump.all(ltn12.source.string "x", ltn12.sink.error "full")) -- expect: nil full
print(ltn12.pump.all(ltn12.source.file(nil, "no file"), sink)) -- expect: nil no file
local rewind = ltn12.source.rewind(ltn12.source.table {"1", "2"})
local first = rewind()
rewind(first)
print(rewind(), rewind(), rewind()) -- expect: 1 2 nil

-- Addresses.
local parsed = url.parse "http://me:secret@[::1]:8080/a%20b/c;p?q=1#f"
print(parsed.scheme, parsed.user, parsed.password, parsed.host, parsed.port, parsed.path, parsed.params, parsed.query, parsed.fragment) -- expect: http me secret ::1 8080 /a%20b/c p q=1 f
print(url.build(parsed)) -- expect: http://me:secret@[::1]:8080/a%20b/c;p?q=1#f
print(url.absolute("http://h/a/b/c?q", "../d/./e")) -- expect: http://h/a/d/e
print(url.absolute("http://h/a", "//other/x")) -- expect: http://other/x
print(url.absolute("http://h/a/b", "?x")) -- expect: http://h/a/b?x
print(url.unescape(url.escape "ä b/c")) -- expect: ä b/c
print(url.build_path(url.parse_path "/a%2Fb/c/")) -- expect: /a%2Fb/c/
print(url.parse "") -- expect: nil invalid url

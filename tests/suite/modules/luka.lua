-- The modules luka.*: what they do with texts and tables. (What they do with the operating system is tested
-- from outside.)
--! skip oracle PUC Lua has none

--- json ---
local json = require "luka.json"
print(json.encode({b = 1, a = {1, 2.5, "x"}, c = json.null, d = json.array {}}, {sort = true}))
-- expect: {"a":[1,2.5,"x"],"b":1,"c":null,"d":[]}
print(json.encode(0.1), json.encode(1e100), json.encode(-0.0), json.encode(1 << 62)) -- expect: 0.1 1e100 -0.0 4611686018427387904
print(json.encode(1 / 0)) -- expect: nil Cannot serialise number: must not be NaN or Infinity
print(json.encode {[{}] = 1}) -- expect: nil Cannot serialise table: table key must be a string
print(math.type(json.decode "1"), math.type(json.decode "1.0"), math.type(json.decode "-0")) -- expect: integer float float
for _, text in ipairs {"[1,]", "01", "{'a':1}", '"\1"', '"\\x"', '"\xff"', "[1] 2", "nul", ".5", '{"a":1,}'} do
  print((json.decode(text)), (select(2, json.decode(text))))
end
-- expect: nil line 1, column 4: a value expected, found ']'
-- expect: nil line 1, column 1: a value expected, found an invalid number
-- expect: nil line 1, column 2: object key string expected, found something else
-- expect: nil line 1, column 2: a value expected, found a control character in a string
-- expect: nil line 1, column 2: a value expected, found an invalid escape
-- expect: nil line 1, column 1: a value expected, found a string that is not UTF-8
-- expect: nil line 1, column 5: the end expected, found a number
-- expect: nil line 1, column 1: a value expected, found something else
-- expect: nil line 1, column 1: a value expected, found something else
-- expect: nil line 1, column 8: object key string expected, found '}'
for value, message, line in json.lines '1\n\nx\n' do print(value == json.null, message, line) end
-- expect: false nil nil
-- expect: true line 1, column 1: a value expected, found something else 3

--- path ---
local path = require "luka.path"
print(path.join("a", "b/", "c"), path.join("a", "/b"), path.join("", "a", "")) -- expect: a/b/c /b a
print(path.dir "a/b/c", path.dir "/a", path.dir "a", path.dir "/") -- expect: a/b / . /
print(path.base "a/b/", path.ext ".profile", path.ext "a.tar.gz", path.with_ext("a/b.c/", ".d")) -- expect: b  .gz a/b.d
print(path.normal "/../a//b/./..", path.normal "../../a", path.normal "a/..") -- expect: /a ../../a .
print(path.relative("/a/b/c", "/a/x"), path.relative("a", "a"), path.relative("a/b", ".")) -- expect: ../b/c . a/b
print(path.match("src/a.lua", "**/*.lua"), path.match("a.lua", "*.lua"), path.match("s/a.lua", "*.lua"), path.match("x1", "x[0-9]")) -- expect: true true false true

--- text ---
local text = require "luka.text"
print(#text.split "  a  b ", table.concat(text.split("a, b, c", ", ", 2), "|"), #text.split("", ",")) -- expect: 2 a|b, c 1
print(#text.lines "", #text.lines "\n", #text.lines "a\r\nb", text.lines "a\r\nb"[1]) -- expect: 0 1 2 a
print(text.starts_with("abc", "ab"), text.ends_with("abc", ""), text.contains("a.c", "."), text.replace("a.b.", ".", "%1")) -- expect: true true true a%1b%1 2
print(text.width "e\u{301}日", text.width "\xff", "[" .. text.pad("x", 4, "right") .. text.pad("x", 4, "center") .. "]") -- expect: 3 1 [   x x  ]
print((text.wrap("the quick brown fox jumps", 10, "  "):gsub("\n", "/"))) -- expect: the quick/  brown/  fox/  jumps
print(text.fill("{a}{1}{{b}", {"x", a = 1}), pcall(text.fill, "{c}", {})) -- expect: 1x{b} false there is no value for 'c'
print((text.dedent "  a\n\n    b\n":gsub("\n", "/")), text.escape "a+b") -- expect: a//  b/ a%+b
local changes = text.diff("a\nb\nc\n", "a\nc\nd\n")
for i, change in ipairs(changes) do changes[i] = change.sign .. change.line end
print(table.concat(changes, "|")) -- expect:  a|-b| c|+d

--- table ---
local tables = require "luka.table"
print(table.concat(tables.keys {3, 2, b = 1, a = 1}, " "), table.concat(tables.values {b = 1, a = 2}, " ")) -- expect: 1 2 a b 2 1
local cycle = {} cycle.self = cycle
print(tables.deep_copy(cycle).self.self ~= cycle, tables.deep_equal(cycle, tables.deep_copy(cycle)), tables.inspect(cycle)) -- expect: true true {self = <cycle>}
print(tables.inspect {"a\n", [10] = true, ["x y"] = {}}) -- expect: {"a\n", [10] = true, ["x y"] = {}}
print(tables.find({5, 6}, 6), tables.find({5, 6}, function(n) return n > 4 end), (tables.find({}, 1))) -- expect: 6 5 nil
print(#tables.unique {1, 1, 2}, #tables.concat({1}, {2, 3}), tables.merge({a = 1}, {a = 2}).a, #tables.group({1, 2, 3}, function(n) return n % 2 end)[1]) -- expect: 2 3 2 2
print(table.concat(tables.sort_by({"bb", "a", "cc", "d"}, function(s) return #s end), " ")) -- expect: a d bb cc

--- csv ---
local csv = require "luka.csv"
local records = csv.decode '\xef\xbb\xbfa,"b ""q"", x"\r\n1,\r\n"x\ny"z,\n'
print(#records, records[1][2], #records[2], records[3][1] == "x\nyz") -- expect: 3 b "q", x 2 true
print(csv.decode "a,\"b") -- expect: nil line 1: a quoted field has no end
print((csv.encode({{n = "a;b", m = 1}, {}}, {header = {"n", "m"}, separator = ";"}):gsub("\n", "/"))) -- expect: n;m/"a;b";1/;/

--- toml ---
local toml = require "luka.toml"
local doc = toml.decode [==[
a.b = 1_000
"c d" = [1, 2.5, "y", {z = true}]  # comment
when = 1979-05-27 07:32:00Z
m = """
line1 \
   line2
x"""
[[p]]
n = 0x1f
[[p]]
n = 'raw\n'
[p.q]
k = inf
]==]
print(doc.a.b, doc["c d"][4].z, doc.when, doc.m == "line1 line2\nx", doc.p[2].n, doc.p[2].q.k) -- expect: 1000 true 1979-05-27 07:32:00Z true raw\n inf
print(true, (toml.decode(toml.encode(doc)).m == doc.m)) -- expect: true true
for _, bad in ipairs {"a = 1\na = 2", "a", "a = [1", "a = 01", "[a]\n[a]", "a = {b = 1}\n[a.c]", 'a = "\\q"', "a = 1 b = 2"} do
  print((select(2, toml.decode(bad))))
end
-- expect: line 2: 'a' has a value already
-- expect: line 1: '=' is expected
-- expect: line 1: ',' or ']' is expected
-- expect: line 1: invalid value '01'
-- expect: line 2: 'a' is defined already
-- expect: line 2: 'a' has a value already
-- expect: line 1: invalid escape '\q'
-- expect: line 1: the end of the line is expected

--- args ---
local args = require "luka.args"
local p = args.new("p"):option("-o --output", "", {default = "out"}):option("-n", "", {convert = tonumber, many = true})
  :flag("-v --verbose", "", {count = true}):positional("file"):positional("rest", "", {many = true, optional = true})
local a = p:parse {"-vv", "-n1", "-n", "2", "x", "--output=y", "--", "-z"}
print(a.verbose, a.n[1] + a.n[2], a.output, a.file, a.rest[1]) -- expect: 2 3 y x -z
for _, list in ipairs {{}, {"-x"}, {"f", "-n"}, {"f", "-nx"}, {"f", "--verbose=1"}} do print((select(2, p:parse(list)))) end
-- expect: p: 'file' is missing
-- expect: p: there is no option '-x'; is it '-n'?
-- expect: -n: a value is missing
-- expect: -n: invalid value 'x'
-- expect: --verbose: it takes no value
local tool = args.new "tool"
tool:flag "--quiet"
tool:command("add", "adds"):positional "what"
print(tool:parse {"--quiet", "add", "x"}.command, tool:parse {"--quiet", "add", "x"}.quiet, (select(2, tool:parse {"sub"}))) -- expect: add true tool: there is no command 'sub'

--- time ---
local time = require "luka.time"
print(time.format(1e9), time.format(0.5, 3600, 3), time.format(-1)) -- expect: 2001-09-09T01:46:40Z 1970-01-01T01:00:00.500+01:00 1969-12-31T23:59:59Z
print(time.parse "2001-09-09T03:46:40+02:00", (time.parse "2001-09-09")) -- expect: 1000000000 999993600
for _, bad in ipairs {"2024-02-30", "2024-01-01T25:00:00Z", "x", "2024-01-01T00:00:00"} do print((time.parse(bad))) end
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
local d = time.date(time.of {year = 2024, month = 14, day = 30})
print(d.year, d.month, d.day, d.wday, d.yday) -- expect: 2025 3 2 1 61
print(time.duration "1h30m", time.duration "250ms", (time.duration "1x")) -- expect: 5400 0.25 nil

--- random ---
local generator = require "luka.random".new(42)
local counts = {0, 0, 0}
for _ = 1, 3000 do local n = generator:int(1, 3) counts[n] = counts[n] + 1 end
for i = 1, 3 do assert(counts[i] > 900 and counts[i] < 1100, counts[i]) end
for _ = 1, 100 do local f = generator:float() assert(f >= 0 and f < 1) end
print(generator:uuid():find "^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$", #generator:uuid(), #generator:bytes(7)) -- expect: 1 36 7
print(generator:int(5, 5), pcall(generator.int, generator, 2, 1)) -- expect: 5 false interval is empty
generator:int(math.mininteger // 2, math.maxinteger // 2)

--- hash ---
local hash = require "luka.hash"
print(hash.sha256 "abc") -- expect: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
print(hash.sha1 "abc", hash.md5 "abc") -- expect: a9993e364706816aba3e25717850c26c9cd0d89d 900150983cd24fb0d6963f7d28e17f72
print(hash.hmac("key", "The quick brown fox jumps over the lazy dog"):sub(1, 16), hash.crc32 "123456789" == 0xcbf43926) -- expect: f7bc83f430538424 true
for _, n in ipairs {0, 55, 56, 63, 64, 65, 119, 120, 200000} do io.write(hash.md5(("a"):rep(n)):sub(1, 4), " ") end
print() -- expect: d41d ef17 3b0c b065 0148 c743 8a7b 5f61 561b
print(hash.base64 "hello", hash.from_base64 "aGVs bG8", hash.base64("\xff\xfe", true), hash.from_base64 "a", hash.from_hex "6g") -- expect: aGVsbG8= hello __4 nil nil not hexadecimal
print(hash.equal("ab", "ab"), hash.equal("ab", "ac"), hash.equal("a", "ab")) -- expect: true false false

--- log and term ---
local term, log = require "luka.term", require "luka.log"
print(term.style("x", "red"), term.size()) -- expect: x 80 24
log.write, log.level = print, "warn"
log.head = function(level) return "[" .. level .. "]" end
log.info "not shown"
log.error("%d of %d", 1, 2) -- expect: [error] 1 of 2

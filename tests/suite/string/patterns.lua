-- Patterns: find, match, gmatch, gsub (manual 6.4.1).

--- find ---
print(("hello world"):find("wor"), ("hello"):find("l"), ("hello"):find("xyz"), ("hello"):find(""))
-- expect: 7 3 nil 1 0
print(("hello"):find("", 10), ("hello"):find("", 6), ("hello"):find("l", -2), ("hello"):find("h", -100))
-- expect: nil 6 4 1 1
print(("a.b"):find(".", 1, true), ("a.b"):find("%."), ("a+b"):find("+", 1, true), ("a+b"):find("a+b"))
-- expect: 2 2 2 nil
print(("key = value"):find("(%w+)%s*=%s*(%w+)"), ("abc"):find("b()")) -- expect: 1 2 2 3
print(("hello"):find("l", 1, true), (("x"):rep(1000) .. "y"):find("y", 1, true))
-- expect: 3 1001 1001
print(pcall(string.find, "a"))
-- expect: false bad argument #2 to 'string.find' (string expected, got no value)
print(pcall(string.find, "a", "b", "c"))
-- expect: false bad argument #3 to 'string.find' (number expected, got string)

--- match ---
print(("2024-05-17"):match("(%d+)-(%d+)-(%d+)"), ("  trim  "):match("^%s*(.-)%s*$") .. "|")
-- expect: 2024 trim|
print(("hello"):match("h(.)(.)"), ("hello"):match(".-(l+)(.*)$"), ("hello"):match("z"), ("hello"):match("()ll()"))
-- expect: e ll nil 3 5
print(("abc"):match("^b"), ("abc"):match("b", 2), ("abc"):match("^b", 2), ("abc"):match("c$"), ("abc"):match("b$"))
-- expect: nil b b c nil
print(("a$b^c"):match("%$b%^"), ("a$b"):match("a$b"), ("^x"):match("^^x"), ("abc"):match("", 4), ("abc"):match("", 5))
-- expect: $b^ a$b ^x  nil

--- classes ---
local all = {}
for i = 0, 255 do all[i + 1] = string.char(i) end
all = table.concat(all)
for _, c in ipairs { "%a", "%c", "%d", "%g", "%l", "%p", "%s", "%u", "%w", "%x", "%A", "%D", ".", "%.", "[%a_]", "[^%w]", "[a-f]", "[]]", "[^]]", "[%]x]", "[a-]", "[-a]", "[%-a]", "[\0-\31]" } do
  print((c:gsub("%c", "?")), (select(2, all:gsub(c, ""))))
  -- expect: %a 52
  -- expect: %c 33
  -- expect: %d 10
  -- expect: %g 94
  -- expect: %l 26
  -- expect: %p 32
  -- expect: %s 6
  -- expect: %u 26
  -- expect: %w 62
  -- expect: %x 22
  -- expect: %A 204
  -- expect: %D 246
  -- expect: . 256
  -- expect: %. 1
  -- expect: [%a_] 53
  -- expect: [^%w] 194
  -- expect: [a-f] 6
  -- expect: []] 1
  -- expect: [^]] 255
  -- expect: [%]x] 2
  -- expect: [a-] 2
  -- expect: [-a] 2
  -- expect: [%-a] 2
  -- expect: [?-?] 32
end

--- repetition ---
print(("aaab"):match("a*"), ("aaab"):match("a+b"), ("aaab"):match("a-b"), ("aaab"):match("a?b"), ("b"):match("a*b"), ("b"):match("a?b"))
-- expect: aaa aaab aaab ab b b
print(("<<a>>"):match("<(.-)>"), ("<<a>>"):match("<(.*)>"), ("[[x]]"):match("%[%[(.-)%]%]"))
-- expect: <a <a> x
print(("aXb"):match("%u"), ("x=1, y=2"):match("y=(%d)"), ("0x1F"):match("^0[xX](%x+)$"))
-- expect: X 2 1F

--- captures ---
print(("abc"):match("((a)(b(c)))"), ("abab"):match("(ab)%1"), ("'quoted\"' x"):match("(['\"])(.-)%1"))
-- expect: abc ab ' quoted"
print(("hello"):gsub("(l)(l)", "%2%1%0"), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("", "-"))
-- expect: hellllo aabbcc -a-b-c- 4
print(pcall(string.match, "a", "(a")) -- expect: false unfinished capture
print(pcall(string.match, "a", "a)")) -- expect: false invalid pattern capture
print(pcall(string.match, "a", "%1")) -- expect: false invalid capture index %1
print(pcall(string.match, "a", "(a)%2")) -- expect: false invalid capture index %2
print(pcall(string.rep("(a)", 33).match, "a", string.rep("(a)", 33))) -- expect: true nil

--- balanced and frontier ---
print(("f(a(b)c)d"):match("%b()"), ("((x)"):match("%b()"), ("<a<b>>"):match("%b<>"), ("xx"):match("%bxx"))
-- expect: (a(b)c) (x) <a<b>> xx
print(("THE (quick) fox"):find("%f[%a]%a+%f[%A]"), ("hello world"):gsub("%f[%w]%w", string.upper))
-- expect: 1 Hello World 2
print(("[[a]]"):gsub("%f[^%[]", "|"), ("a1b"):match("%f[%d]%d"), ("abc"):find("%f[%z]"))
-- expect: [[|a]] 1 4 3
print(pcall(string.match, "a", "%b")) -- expect: false malformed pattern (missing arguments to '%b')
print(pcall(string.match, "a", "%bx"))
-- expect: false malformed pattern (missing arguments to '%b')
print(pcall(string.match, "a", "%f")) -- expect: false missing '[' after '%f' in pattern
print(pcall(string.match, "a", "%f[a")) -- expect: false malformed pattern (missing ']')
print(pcall(string.match, "a", "[a")) -- expect: false malformed pattern (missing ']')
print(pcall(string.match, "a", "[]")) -- expect: false malformed pattern (missing ']')
print(pcall(string.match, "a", "%")) -- expect: false malformed pattern (ends with '%')

--- anchors in gsub and gmatch ---
print(("aaa"):gsub("^a", "b"), ("aaa"):gsub("a$", "b"), ("abc"):gsub("$", "!"), ("abc"):gsub("^", "!"))
-- expect: baa aab abc! !abc 1
for w in ("^a^b"):gmatch("^%^a") do print(w) end
for a, b in ("k1=v1, k2=v2"):gmatch("(%w+)=(%w+)") do print(a, b) end
-- expect: k1 v1
-- expect: k2 v2
for w in ("one two"):gmatch("%a+") do print(w) end
-- expect: one
-- expect: two
for p in ("abc"):gmatch("()") do print(p) end
-- expect: 1
-- expect: 2
-- expect: 3
-- expect: 4
for w in ("abcde"):gmatch("%a", 3) do print(w) end
-- expect: c
-- expect: d
-- expect: e
for w in ("abcde"):gmatch("%a", -2) do print(w) end
-- expect: d
-- expect: e

--- gsub with strings, tables and functions ---
print(("hello world"):gsub("o", "0"), ("hello"):gsub("l", "L", 1), ("hello"):gsub("l", "L", 0), ("hello"):gsub("", "-", 2))
-- expect: hell0 w0rld heLlo hello -h-ello 2
print(("$name is $age"):gsub("%$(%w+)", { name = "Bob", age = 42 }), ("$x $y"):gsub("%$%w", { ["$x"] = false }))
-- expect: Bob is 42 $x $y 2
print(("abc"):gsub("%w", function(c) if c == "b" then return "[" .. c .. "]" end end))
-- expect: a[b]c 3
print(("abc"):gsub("(%w)(%w)", function(a, b) return b .. a end), ("abc"):gsub("%w", { a = 1, b = 2.5 }))
-- expect: bac 12.5c 3
print(("a.b"):gsub("%.", "%%"), ("x"):gsub("x", "%%1"), ("abc"):gsub("b", "%0%0"))
-- expect: a%b %1 abbc 1
print(pcall(string.gsub, "abc", "b", "%2")) -- expect: false invalid capture index %2
print(pcall(string.gsub, "abc", "b", "%x"))
-- expect: false invalid use of '%' in replacement string
print(pcall(string.gsub, "abc", "b", "%")) -- expect: false invalid use of '%' in replacement string
print(pcall(string.gsub, "abc", "b", function() return {} end))
-- expect: false invalid replacement value (a table)
print(pcall(string.gsub, "abc", "b", { b = true }))
-- expect: false invalid replacement value (a boolean)
print(pcall(string.gsub, "abc", "b"))
-- expect: false bad argument #3 to 'string.gsub' (string/function/table expected, got no value)
print(pcall(string.gsub, "abc", "b", 5, "x"))
-- expect: false bad argument #4 to 'string.gsub' (number expected, got string)
print(("abc"):gsub("b", 5), ("abc"):gsub("%w", setmetatable({}, { __index = function(_, k) return k:upper() end })))
-- expect: a5c ABC 3

--- empty matches ---
print(("hello"):gsub("x*", "-"), ("abc"):gsub("b*", "X"), ("  a  b "):gsub("%s*", "_"))
-- expect: -h-e-l-l-o- XaXcX _a_b_ 3
local n = 0
for _ in ("aaa"):gmatch("a*") do n = n + 1 end
print(n) -- expect: 1

--- back-tracking and long subjects ---
local s = ("a"):rep(2000)
print(#s:match(".-$"), s:find(".-b"), #s:match("^(a*)a$"), #(s .. "b"):match("a-b"))
-- expect: 2000 nil 1999 2001
print((("x"):rep(300) .. "y"):find(("x*"):rep(3) .. "y")) -- expect: 1 301
print(("a,b,,c"):gsub(",", ";"), #(("ab "):rep(1000):gsub("%s", ""))) -- expect: a;b;;c 2000
print(pcall(string.match, ("a"):rep(2000), (".-"):rep(1) .. "b")) -- expect: true nil
print(pcall(string.rep, "x", -1)) -- expect: true
print(#(("a"):rep(20)):match(("a?"):rep(10) .. ("a"):rep(15))) -- expect: 20
local ok, e = pcall(string.match, ("x"):rep(220000), ("x?"):rep(220000))
print(ok, e) -- expect: false pattern too complex

--- patterns with zeros ---
print(("a\0b\0c"):gsub("%z", "0"), ("a\0b"):match("a\0b") == "a\0b", ("a\0b"):find("\0"), ("\0\1\2"):gsub("[\0-\2]", "x"))
-- expect: a0b0c true 2 xxx 3

-- luka.regex: regular expressions.
--! skip oracle PUC Lua has none

--- matches and captures ---
local regex = require "luka.regex"
local function r(pattern, flags) return assert(regex.compile(pattern, flags)) end
print(r[[(\w+)@(\w+)\.com]]:match "mail ada@example.com now") -- expect: ada example
print(r[[(\w+)@(\w+)]]:find "at ada@example.com") -- expect: 4 14 ada example
print(r"a|ab|abc":match "abc", r"a+?":match "aaa", r"a{2,3}":match "aaaa", r"(a|b)*c":match "ababc") -- expect: a a aaa b
print(r"(a)|(b)":match "b") -- expect: false b
print(r"b+":find("abbab", 4), r"c":find("abc", -1), r"":find("abc", 5)) -- expect: 5 3 nil
print(r"x":find "abc", r"x":match "abc", r"x":groups "abc", r"x":test "abc", r"b":test "abc") -- expect: nil nil nil false true
local date = r[[^(?<year>\d{4})-(?P<month>\d\d)$]]:groups "2026-12"
print(date.year, date.month, date[1], date[0], date.from, date.to) -- expect: 2026 12 2026 2026-12 1 7
for name, value in r[[(\w)=(\d)?]]:gmatch "a=1 b= c=3" do print(name, value) end
-- expect: a 1
-- expect: b false
-- expect: c 3

--- syntax ---
local regex = require "luka.regex"
local function r(pattern, flags) return assert(regex.compile(pattern, flags)) end
print(r("[a-c]+", "i"):match "xABCd", r"(?i)ab(?-i)c":test "ABc", r"(?i:a)b":test "AB", r("É", "i"):test "é") -- expect: ABC true false true
print(r"(?m)^b$":test "a\nb\nc", r"^b":test "a\nb", r"a.c":test "a\nc", r("a.c", "s"):test "a\nc") -- expect: true false false true
print(r[[\bis\b]]:find "this is", r[[\Bis]]:find "is this", r[[\Aa\z]]:test "a\n") -- expect: 6 6 false
print(r"a{,2}":match "a{,2}", r"a{x":match "a{x", r"[]a]+":match "]a", r"[a-]+":match "a-", r[[[\d-x]+]]:match "1-x", r[=[[^a\s]]=]:match "a b") -- expect: a{,2} a{x ]a a- 1-x b
print(r"[[:alpha:]_]+":match "1ab_", r"[[:^alpha:]]+":match "ab12", r[[\x41\u0042\x{1F600}]]:test "AB\u{1F600}", r[=[[\b]]=]:test "\b") -- expect: ab_ 12 true true
-- A byte that is not UTF-8 is a character.
print(#r".":match "日本", #r".":match "\xff\xfe", #r"[^a]":match "\xe6\x97", r[[\xff]]:test "\xff") -- expect: 3 1 1 false
-- What matches nothing is not repeated for ever, and is noted the first time.
print(r"(a*)*b":find "aab", r[[(\b)*]]:find "ca", r"(|a)+":find "aaa") -- expect: 1 1 1 0

--- replacing and splitting ---
local regex = require "luka.regex"
local function r(pattern, flags) return assert(regex.compile(pattern, flags)) end
print(r"[^,]*":gsub("a,,b", "<$0>")) -- expect: <a>,<>,<b> 3
print(r"":gsub("日本x", "-")) -- expect: -日-本-x- 4
print((r"a|b|":gsub("xax", "-"))) -- expect: -x-x-
print(r[[(\w)(\w)?]]:gsub("abc", "${2}$1$$")) -- expect: ba$c$ 2
print((r"(?<x>b)":gsub("abc", "[${x}]")), (r"b":gsub("abcb", "x", 1)), (r"b":gsub("abc", "x", 0))) -- expect: a[b]c axcb abc
print(r[[\b\w]]:gsub("hello world", string.upper)) -- expect: Hello World 2
print(r[[(\w)(\d)]]:gsub("a1 b2", {a = "x"})) -- expect: x b2 2
print(table.concat(r[[,\s*]]:split "a, b,c,,d", "|"), table.concat(r"":split "日本x", "|"), #r",":split "") -- expect: a|b|c||d 日|本|x 1
print(table.concat(r",":split("a,b,c", 2), "|"), table.concat(r",":split("a,b", 1), "|")) -- expect: a|b,c a,b
print(regex.escape "a.b*[c]", r(regex.escape "a.b*[c]"):find "xxa.b*[c]") -- expect: a\.b\*\[c\] 3 9
print(pcall(r"a".gsub, r"a", "a", "$1")) -- expect: false bad replacement: '$' is followed by the number of a group, a name in braces or '$'
print(pcall(r"a".gsub, r"a", "a", function() return {} end)) -- expect: false invalid replacement value (a table)

--- patterns that are wrong ---
local regex = require "luka.regex"
for _, pattern in ipairs {"(", "a)", "a**", "x[", "[b-a]", "\\", "(a)\\1", "(?=x)", "a{2000}", "a{2,1}", "\\p{L}", "*", "(?<a>x)(?<a>y)",
    "\\x{110000}", "(?z)", ("("):rep(60), ("(?:"):rep(200), "\\q", "[[:x:]]", "(?<1>x)"} do
  print((select(2, regex.compile(pattern))))
end
-- expect: '(' without ')', at byte 1
-- expect: ')' without '(', at byte 2
-- expect: what is repeated is repeated again; '(?:…)' around it allows that, at byte 3
-- expect: '[' without ']', at byte 2
-- expect: a range of characters goes upwards, at byte 5
-- expect: the pattern ends with '\', at byte 1
-- expect: references to groups are not there: they cannot be matched in linear time, at byte 4
-- expect: looking around is not there: it cannot be done in linear time, at byte 1
-- expect: counts are at most 1000, the least first, at byte 2
-- expect: counts are at most 1000, the least first, at byte 2
-- expect: classes of Unicode are not there, at byte 1
-- expect: nothing is there to repeat, at byte 1
-- expect: two groups have this name, at byte 11
-- expect: the code of a character is expected: \x41, \x{1F600}, at byte 1
-- expect: '(?' is followed by ':', '<name>' or flags of i, m, s, at byte 3
-- expect: more than 50 groups; '(?:' captures nothing, at byte 52
-- expect: groups are nested too deeply, at byte 304
-- expect: unknown escape '\q', at byte 1
-- expect: unknown class; they are named as [:alpha:], at byte 2
-- expect: the name of a group has letters, digits and '_', and '>' behind it, at byte 4
print(regex.compile("a", "q")) -- expect: nil unknown flag 'q', at byte 1 1

--- time and size ---
local regex = require "luka.regex"
-- These take other engines for ever, or all memory.
print(regex.compile "(a|aa)+$":test(("a"):rep(2000) .. "b"), regex.compile "(a*)*b":test(("a"):rep(2000))) -- expect: false false
print((select(2, regex.compile "(?:a{1000}){1000}"))) -- expect: the pattern is too large, at byte 1
print((select(2, regex.compile "(?:(?:(?:){1000}){1000}){1000}"))) -- expect: the pattern is too large, at byte 1
print((select(2, regex.compile(("a"):rep(70000))))) -- expect: the pattern is too large, at byte 1
-- A program is a text, which may be any.
local core = require "luka.regex.core"
print(pcall(core.find, "junk", "x", 1)) -- expect: false this is no program of luka.regex
local program = core.compile("(a+|b)*c", "")
local damaged = 0
for i = 1, #program do
  for _, byte in ipairs {0, 1, 2, 3, 4, 5, 6, 127, 255} do
    local changed = program:sub(1, i - 1) .. string.char(byte) .. program:sub(i + 1)
    local ok, why = pcall(core.find, changed, "xaabc", 1)
    if not ok then
      assert(why == "this is no program of luka.regex" or why == "not enough memory", why)
      damaged = damaged + 1
    end
  end
end
print(damaged > 100) -- expect: true

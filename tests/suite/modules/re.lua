-- Patterns of lpeg as texts: the module re.
--! skip oracle PUC Lua has none

local re = require "re"

local function try(...) return select(2, pcall(...)) end

--- matching ---
print(re.match("abc", "[a-c]+"), re.match("x", "'a' / 'x'"), re.match("aab", "'a'^2 'b' !.")) -- expect: 4 2 4
print(re.match("hello world", "{%w+} %s+ {%w+}")) -- expect: hello world
print(re.find("the number 423", "[0-9]+")) -- expect: 12 14
print(re.find("abc", "'x'")) -- expect: nil
print(re.gsub("hello world", "[aeiou]", ".")) -- expect: h.ll. w.rld

--- captures ---
print(#re.match("abc", "{| {.}* |}"), re.match("ab", "{:x: . :} . =x"), re.match("aa", "{:x: . :} =x {}")) -- expect: 3 nil 3
print(re.match("k=v", "({%w+} '=' {%w+}) -> '%2=%1'"), re.match("12", "{%d} {%d} -> 0"), re.match("ab", "{~ ('a' -> 'x' / .)* ~}")) -- expect: v=k 1 xb
print(re.compile("(n (',' n >> add)*)  n <- %d+ -> num" and "s <- n (',' n >> add)* n <- %d+ -> num", {add = function(a, b) return a + b end, num = tonumber}):match "1,2,3") -- expect: 6

--- grammars ---
local balanced = re.compile [[
  balanced <- "(" ([^()] / balanced)* ")"   -- nested
]]
print(balanced:match "(a(b)c)", balanced:match "(a") -- expect: 8 nil
local inner = re.compile "s <- a !. a <- (x <- 'a' x?)"
print(inner:match "aaa", inner:match "aab") -- expect: 4 nil

--- errors ---
print(try(re.compile, "'a' -")) -- expect: pattern error near '-'
print(try(re.compile, "(a <- 'x'")) -- expect: pattern error
print((try(re.compile, "a <- b"):gsub(":%d+:", ":"))) -- expect: re: rule 'b' undefined in given grammar
print(try(re.compile, "b")) -- expect: rule 'b' used outside a grammar
print(try(re.compile, "a <- '' a <- ''")) -- expect: 'a' already defined as a rule
print(try(re.compile, "%nothing")) -- expect: undefined name: nothing

-- Soft keywords stay names wherever Lua 5.4 takes a name.

--- as variables ---
local continue, const, match, try, defer, type, global, case, catch, finally, export = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
continue = continue + 1
const = const + 1; match = match + 1
try, defer = defer, try
type = type; global = global
case = case; catch = catch finally = finally export = export
print(continue, const, match, try, defer, type, global, case, catch, finally, export)
-- expect: 2 3 4 5 4 6 7 8 9 10 11

--- called as statements ---
local function show(name)
  return function(x) print(name, type(x) == "table" and "table" or x) end
end
local continue, const, match, try = show "continue", show "const", show "match", show "try"
local defer, global, case, catch = show "defer", show "global", show "case", show "catch"
continue() const {} match(1) match "s" match {} match [[l]]
try "x" defer(2) global "g" case "c" case(1) case {} catch "k"
-- expect: continue nil
-- expect: const table
-- expect: match 1
-- expect: match s
-- expect: match table
-- expect: match l
-- expect: try x
-- expect: defer 2
-- expect: global g
-- expect: case c
-- expect: case 1
-- expect: case table
-- expect: catch k


--- labels ---
for i = 1, 3 do
  if i == 2 then goto continue end
  print(i)
  ::continue::
end
-- expect: 1
-- expect: 3
goto match
print("never")
::match:: ::try:: ::defer:: ::const:: ::global:: ::type::
print("end") -- expect: end

--- fields, methods and keys ---
local t = {continue = 1, const = 2, match = 3, try = 4, defer = 5, type = 6, global = 7, case = 8}
function t.catch() return "catch" end
function t:finally() return self.case end
print(t.continue, t.const, t.match, t.try, t.defer, t.type, t.global, t.catch(), t:finally())
-- expect: 1 2 3 4 5 6 7 catch 8
t.match = 1 t.try = 2 t.continue = 3
print(t.match + t.try + t.continue) -- expect: 6

--- parameters and loops ---
local function f(continue, match, ...) return continue, match, ... end
print(f(1, 2, 3)) -- expect: 1 2 3
for try = 1, 1 do print(try) end -- expect: 1
for match, case in pairs {x = 1} do print(match, case) end -- expect: x 1

--- with suffixes and in assignments to fields ---
local match = {case = {}}
match.case.x = 1
match["case"]["y"] = 2
match.f = function(self, a) return a end
match:f(1)
match.f(match, {}).x, match.z = nil, 3
print(match.case.x, match.case.y, match.z) -- expect: 1 2 3

--- what was an error before ---
for _, text in ipairs {
  "continue x", "const", "match", "try", "defer", "global", "type", "case 1 then", "catch e then", "finally do end",
  "try x do end", "defer 1", "const 1 = 2", "continue = = 1", "match = case = 1", "export x", "type = = 1",
} do
  print((load(text)))
end
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil
-- expect: nil

--- inside their own constructs ---
local case, catch, finally = 1, 2, 3
match case do
  case 1 then
    local case = 5
    if case == 5 then
      case = 6
    end
    print(case) -- expect: 6
  case 2 then
    print "two"
end
try do
  local catch = catch
  if true then catch = 4 end
  finally = catch
  print(catch, finally) -- expect: 4 4
catch e then
  print(e)
end

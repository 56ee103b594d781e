-- The compiler as a library: images, faults, tokens, trees.
--! skip oracle PUC Lua has no such module
--! stress 997
--! skip paused every pause costs, and the compiler runs long

local compiler = require "luka.compiler"

--- an image is what load takes and string.dump gives ---
local image = compiler.compile("local a, b = ...; return a + b, debug.getinfo(1).source", "=sum")
print(load(image)(1, 2)) -- expect: 3 =sum
print(image == string.dump(load("local a, b = ...; return a + b, debug.getinfo(1).source", "=sum"))) -- expect: true

--- without debug information ---
local image = compiler.compile("local x = 1; return x", "=x", { strip = true })
print(image == string.dump(load("local x = 1; return x", "=x"), true)) -- expect: true

--- the source is its own name ---
local _, fault = compiler.compile("x = = 1")
print(fault.text) -- expect: [string "x = = 1"]:1: unexpected symbol near '='

--- a fault has a code and a place ---
local image, fault = compiler.compile("return 1 +\n  )", "=f")
print(image, fault.text) -- expect: nil f:2: unexpected symbol near ')'
print(fault.code, fault.start, fault.stop) -- expect: L0101 10 10

--- the same faults as load ---
for _, text in ipairs { "goto x", "break", "local a <const> = 1; a = 2", "x = 'a", "for", "return return",
  "::a:: ::a::", "local x <close>, y <close> = 1", "f(", "x = }", "1", "x = 0x", "--[[" } do
  local _, wanted = load(text, "=t")
  local _, fault = compiler.compile(text, "=t")
  if fault.text ~= wanted then print(fault.text, wanted) end
end
print "done" -- expect: done

--- plain Lua only ---
print(compiler.compile("x += 1", "=x") ~= nil) -- expect: true
print((compiler.compile("x += 1", "=x", { std = "Lua54" }))) -- expect: nil

--- files begin with a comment ---
print((compiler.compile("#!/bin/lua\nreturn 1", "=x", { kind = "File" })) ~= nil) -- expect: true
print((compiler.compile("#!/bin/lua\nreturn 1", "=x"))) -- expect: nil

--- tokens ---
local tokens = compiler.tokens("local x = 0x10 .. 'a\\n'", "=t")
for i = 1, tokens.count do print(tokens.kinds[i], tokens.starts[i], tokens.stops[i]) end
-- expect: local 0 5
-- expect: <name> 6 7
-- expect: = 8 9
-- expect: <integer> 10 14
-- expect: .. 15 17
-- expect: <string> 18 23
-- expect: <eof> 23 23
print(tokens.values[2], tokens.values[4], #tokens.values[6]) -- expect: x 16 2

--- a tree ---
local tree, diagnostics = compiler.tree("local f = function(a) return a.b end", "=t")
local stat = tree.main.body.stmts[1]
print(stat.kind, stat.bindings[1].name, #diagnostics) -- expect: Local f 0
local result = stat.values[1].func.body.stmts[1]
print(result.kind, result.values[1].kind, result.values[1].object.name) -- expect: Return Field a

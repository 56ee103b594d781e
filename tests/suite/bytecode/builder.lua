-- luka.bytecode: functions made by hand.
--! skip oracle PUC Lua has no such module

local bytecode = require("luka.bytecode")
local function run(main, ...) return assert(bytecode.load(main, "=built"))(...) end
local function told(f, ...) return (select(2, pcall(f, ...)):gsub("^[^:]*:%d+: ", "")) end

-- `function() n = n + 1 return n end` of a register outside.
local function counter(register)
  local f = bytecode.new()
  local n, x = f:capture("n", register), f:reg()
  f:GETUPVAL(x, n)
  f:ADDI(x, x, 1)
  f:SETUPVAL(x, n)
  f:return_one(x)
  return f
end

--- an empty function ---
print(select("#", run(bytecode.main()))) -- expect: 0
print(select("#", run(bytecode.new()))) -- expect: 0

--- values of every kind ---
local f = bytecode.main()
local values = {true, false, 7, -7, 1 << 31, -1 << 31, math.mininteger, 1.0, 0.1, -0.0, "text", ("x"):rep(50)}
for _, v in ipairs(values) do f:load(f:reg(), v) end
local last = f:reg()
f:load(last, nil)
f:return_values(0, #values + 1)
for i, v in ipairs {run(f)} do
  assert(v == values[i] and math.type(v) == math.type(values[i]), i)
end
print(select("#", run(f)), 1 / select(10, run(f))) -- expect: 13 -inf

--- a closure's variable ---
local f = bytecode.main()
local n, a, b = f:reg(), f:reg(), f:reg()
f:load(n, 40)
f:closure(a, counter(n))
f:closure(b, counter(n))
for _, c in ipairs {a, b, a} do
  local call = f:begin_call()
  f:MOVE(call, c)
  f:end_call(call)
end
f:return_one(n)
print(run(f)) -- expect: 43

--- tables and closures in a register below others ---
local f = bytecode.main()
local a, b, c = f:reg(), f:reg(), f:reg()
f:load(c, "kept")
f:load(a, 1)
f:closure(b, counter(a))
f:new_table(a)
f:set(a, "c", c)
f:set(a, "b", b)
f:return_one(a)
local t = run(f)
print(t.c, pcall(t.b)) -- expect: kept false built:-1: attempt to perform arithmetic on a table value (upvalue 'n')

--- each turn of a loop has its own variable, also when it is left early ---
local f = bytecode.main()
local list = f:reg()
f:NEWTABLE(list, 0, 0)
local each = f:numeric_loop()
f:load(each.start, 10)
f:load(each.limit, 1)
f:load(each.step, -3)
f:begin_loop(each)
local c, on = f:reg(), f:label()
f:closure(c, counter(each.variable))
f:SETTABLE(list, each.variable, c)
f:JNEI(each.variable, 4, on)
f:jump(each.exit)
f:bind(on)
f:end_loop(each)
f:return_one(list)
local t = run(f)
print(t[10](), t[10](), t[7](), t[4](), t[4](), t[1]) -- expect: 11 12 8 5 6 nil

--- a generic loop, with a break ---
local f = bytecode.main()
local sum = f:reg()
f:load(sum, 0)
local each = f:generic_loop(2)
local call = f:begin_call()
f:get_global(call, f:env(), "ipairs")
f:varargs(1)
local got = f:end_call(call, 3)
f:MOVE(each.iterator, got)
f:MOVE(each.state, got + 1)
f:MOVE(each.control, got + 2)
f:free(got)
f:load(each.closing, nil)
f:begin_generic(each)
local on = f:label()
f:JNEI(each.variable, 3, on)
f:jump(each.exit)
f:bind(on)
f:ADD(sum, sum, each.variable + 1)
f:end_generic(each)
f:return_one(sum)
print(run(f, {10, 20, 30, 40})) -- expect: 30

--- tail calls need no stack ---
local f = bytecode.new()
local n = f:param("n")
local itself, on = f:capture("f", 0), f:label()
f:JNEI(n, 0, on)
local text = f:reg()
f:load(text, "end")
f:return_one(text)
f:bind(on)
f:free(text)
local call = f:begin_call()
f:GETUPVAL(call, itself)
f:ADDI(f:reg(), n, -1)
f:tail_call(call)
local main = bytecode.main()
local r = main:reg()
main:closure(r, f)
main:return_one(r)
print(run(main)(1000000)) -- expect: end

--- values left open go to the next call and out ---
local f = bytecode.main()
local outer = f:begin_call()
f:get_global(outer, f:env(), "select")
f:load(f:reg(), "#")
f:varargs("all")
f:return_values(f:end_call(outer, "all"), "all")
print(run(f), run(f, nil, nil), run(f, 1, 2, 3)) -- expect: 0 2 3
local f = bytecode.main()
local call = f:begin_call()
f:get_global(call, f:env(), "table")
f:get(call, call, "pack")
f:varargs("all")
f:tail_call(call)
print(run(f, 1, nil, nil).n) -- expect: 3

--- names of any length and number ---
for _, case in ipairs {{0, "short"}, {0, ("long"):rep(20)}, {5000, "late"}} do
  local f, name = bytecode.main(), case[2]
  for i = 1, case[1] do f:LOADK(f.registers > 0 and 0 or f:reg(), i + 0.5) end
  local t, x = f:reg(), f:reg()
  f:NEWTABLE(t, 0, 0)
  f:load(x, 2.5)
  f:set(t, name, x)
  f:get(x, t, name)
  f:set_global(f:env(), name, x)
  f:load(x, nil)
  f:get_global(x, f:env(), name)
  local m = bytecode.new()
  m:return_one(m:param("self"))
  local r = f:reg()
  f:closure(r, m)
  f:set(t, name, r)
  local call = f:begin_method(t, name)
  f:end_call(call, 1)
  f:return_values(x, 3)
  local a, b, c = run(f)
  print(a, type(b), type(c), _G[name])
end
-- expect: 2.5 function table 2.5
-- expect: 2.5 function table 2.5
-- expect: 2.5 function table 2.5

--- conditional jumps over any distance ---
--! skip stress too many allocations
local f = bytecode.main()
local i, sum = f:reg(), f:reg()
f:load(i, 0)
f:load(sum, 0)
local top, odd = f:label_here(), f:label()
f:ADDI(i, i, 1)
f:JEQI(i, 2, odd)
for _ = 1, 33000 do f:ADDI(sum, sum, 1) end
f:bind(odd)
f:JLTI(i, 3, top)
f:return_one(sum)
print(run(f)) -- expect: 66000

--- scopes close what is captured and what is to be closed ---
local log = {}
local f = bytecode.main()
local kept = f:reg()
local scope = f:open_scope()
local x = f:reg()
f:load(x, 1)
f:closure(kept, counter(x))
f:close_scope(scope)
local scope = f:open_scope()
local guard = f:varargs(1)
f:to_be_closed(guard)
local call = f:begin_call()
f:MOVE(call, kept)
f:tail_call(call)
f:close_scope(scope)
print(run(f, setmetatable({}, {__close = function() log[#log + 1] = "closed" end})), log[1])
-- expect: 2 closed

--- errors have the place and the name ---
local f = bytecode.main()
f:at(7)
local x = f:reg()
f:load(x, nil)
f:name(x, "price")
f:at(8, 30, 35)
f:ADD(x, x, x)
print(pcall(run, f)) -- expect: false built:8: attempt to perform arithmetic on a nil value (local 'price')
local f = bytecode.new()
f:lines(3, 9)
local main = bytecode.main()
local r = main:reg()
main:closure(r, f)
main:return_one(r)
local info = debug.getinfo(run(main), "S")
print(info.linedefined, info.lastlinedefined, info.short_src) -- expect: 3 9 built

--- variables by name ---
local f = bytecode.main()
local scope = f:open_scope()
local x = f:reg()
f:load(x, 5)
f:name(x, "x")
local call = f:begin_call()
f:get_global(call, f:env(), "look")
f:end_call(call)
f:close_scope(scope)
local call = f:begin_call()
f:get_global(call, f:env(), "look")
f:end_call(call)
function look() print(debug.getlocal(2, 1)) end
run(f)
-- expect: x 5
-- expect: nil

--- an environment, and images ---
local f = bytecode.main()
local x = f:reg()
f:get_global(x, f:env(), "x")
f:return_one(x)
print(bytecode.load(f, "=x", {x = "given"})()) -- expect: given
_G.x = "global"
local image = bytecode.image(f, "=x")
print(load(image, "image", "b")(), load(image, "image", "t")) -- expect: global nil attempt to load a binary chunk (mode is 't')
print(image == bytecode.image(f, "=x"), image == string.dump(bytecode.load(f, "=x"))) -- expect: true true

--- wrong operands are told at once, with the caller's position ---
local f = bytecode.main()
local x = f:reg()
print(pcall(f.ADD, f, x, x)) -- expect: false ADD has 3 operands, not 2
print(told(f.ADD, f, x, x, 4)) -- expect: operand 3 of ADD: register expected, got 4
print(told(f.ADD, f, x, x, nil)) -- expect: operand 3 of ADD: register expected, got nil
print(told(f.GETUPVAL, f, x, 1)) -- expect: operand 2 of GETUPVAL: upvalue expected, got 1
print(told(f.LOADK, f, x, print):match("^.*got %a+")) -- expect: operand 2 of LOADK: constant expected, got function
print(told(f.JMP, f, 3)) -- expect: operand 1 of JMP: label expected, got 3
print(told(f.CLOSURE, f, x, {}):match("^.*got %a+")) -- expect: operand 2 of CLOSURE: builder expected, got table
print(told(f.LOADI, f, x, 1.5)) -- expect: operand 2 of LOADI: integer expected, got 1.5
print(select(2, pcall(function() f:ADD(1) end))) -- expect: builder.lua:261: ADD has 3 operands, not 1

--- so are wrong arguments ---
local f = bytecode.main()
local r = f:reg()
print(told(f.bind, f, 1)) -- expect: label expected, got 1
print(told(f.at, f, "x")) -- expect: line expected, got x
print(told(f.at, f, 1, 5, 3)) -- expect: byte behind the last expected, got 3
print(told(f.name, f, 4, "x")) -- expect: register expected, got 4
print(told(f.name, f, r, r)) -- expect: name expected, got 0
print(told(f.free, f, 9)) -- expect: register in use expected, got 9
print(told(f.end_call, f, 0)) -- expect: window of a call expected, got 0
print(told(f.end_call, f, f:begin_call(), -1)) -- expect: count or "all" expected, got -1
print(told(f.return_values, f, 0)) -- expect: count or "all" expected, got nil
print(told(f.regs, f, 508)) -- expect: a function has at most 510 registers
print(told(f.param, f, "late")) -- expect: parameters come before registers
print(told(f.capture, f, "x", nil)) -- expect: register up to 255 expected, got nil
print(select(2, pcall(function() f:bind(7) end))) -- expect: builder.lua:278: label expected, got 7

--- other faults are told at the end ---
local function fault(build)
  local f = bytecode.main()
  build(f)
  print(select(2, bytecode.load(f, "=x")))
end
fault(function(f) f:jump(f:label()) end)
-- expect: instruction 1: jumps to no place: its label was never bound
fault(function(f) f:bind(f:label_here()) end)
-- expect: instruction 1: the label is bound already
fault(function(f) f:ADDK(f:reg(), 0, "x") end)
-- expect: function 0, instruction 1 (ADDK): K0 is not a number
fault(function(f) f:CALL(f:reg(), 1, 9) end)
-- expect: function 0, instruction 1 (CALL): window ends at R7, the frame has 2 registers
fault(function(f) local g = bytecode.new() g:closure(g:reg(), g) f:closure(f:reg(), g) end)
-- expect: a function is in two places
fault(function(f) f:LOADI(f:reg(), 1 << 40) end)
-- expect: instruction 1: LOADI: 1099511627776 is not in -2147483648..2147483647

--- records are not believed ---
local function damaged(change)
  local f = bytecode.main()
  f:load(f:reg(), 1.5)
  change(f)
  local ok, loaded, why = pcall(bytecode.load, f, "=x")
  print(ok and (why or loaded) or loaded)
end
damaged(function(f) f.code = nil end) -- expect: 'code' of the function is no table
damaged(function(f) f.code = {"what"} end) -- expect: unknown event 'what'
damaged(function(f) f.code = {300} end) -- expect: entry 1 of the code is no opcode
damaged(function(f) f.code = {0} end) -- expect: entry 2 of the code is no number from 0 to 65535
damaged(function(f) f.code = {"close"} end) -- expect: a scope is closed that is not open
damaged(function(f) f.code = {"bind", 1} end) -- expect: there is no such label
damaged(function(f) f.registers = 1 << 40 end) -- expect: 'registers' of the function is no number from 0 to 510
damaged(function(f) f.labels = 1 << 40 end) -- expect: 'labels' of the function is no number from 0 to 3
damaged(function(f) f.constants[1] = {} end) -- expect: a table is no constant
damaged(function(f) f.params = {1} end) -- expect: the name of a parameter is no string
damaged(function(f) f.upvalues = {{"x", register = 256}} end) -- expect: 'register' of an upvalue is no number from 0 to 255
local deep = bytecode.new()
for _ = 1, 300 do local f = bytecode.new() f:closure(f:reg(), deep) deep = f end
print(bytecode.load(deep)) -- expect: nil functions nest too deep

--- records damaged at random end in a function or a message ---
--! skip stress too many records
math.randomseed(42)
local loaded = 0
local pieces = {0, 1, 2, 78, 92, -1, 511, 65536, 1 << 40, 1.5, "at", "bind", "open", "close", "tail", "next", "name", {}, true}
for _ = 1, 1500 do
  local f = bytecode.main()
  local each, c = f:numeric_loop(), nil
  for i = 0, 2 do f:load(each.start + i, i + 1) end
  f:begin_loop(each)
  c = f:reg()
  f:closure(c, counter(each.variable))
  f:name(c, "c")
  local call = f:begin_call()
  f:MOVE(call, c)
  f:end_call(call, 1)
  f:end_loop(each)
  f:return_none()
  for _ = 1, math.random(3) do
    local which = math.random(10)
    local list = if which < 9 then f.code elseif which == 9 then f.constants else f.upvalues
    list[math.random(#list + 1)] = pieces[math.random(#pieces)]
  end
  local ok, g, why = pcall(bytecode.load, f)
  assert(ok and (type(g) == "function" or type(why) == "string"), g)
  if g then loaded += 1 end
end
print(loaded > 50 and loaded < 1000) -- expect: true

--- the table of opcodes and the text form ---
local ops = bytecode.ops
print(ops[#ops].number == #ops - 1, ops[1].name, ops.MOVE.number) -- expect: true MOVE 0
print(ops.ADD.meaning) -- expect: R[A] := R[B] + R[C]
local shown = {}
for _, o in ipairs(ops.JLTI.operands) do shown[#shown + 1] = o.field .. ":" .. o.role end
print(table.concat(shown, " "), ops.JLTI.flow, ops.JLTI.throws) -- expect: a:Src b:Int c:Jump n:Flag Branch true
local text = bytecode.disassemble(function(a) return a + 1 end)
print(text:match("ADDI"), bytecode.disassemble(string.dump(load("x = 1"))):match("SETTABUPK")) -- expect: ADDI SETTABUPK
print(pcall(bytecode.disassemble, "no image"))
-- expect: false bad argument #1 to 'luka.bytecode.disassemble' (not an image: bad binary format (not a binary chunk))

--- the text form and back ---
local function f(a) local t = {a, b = a} return function(x) return t[1] + x, t.b end end
local image = string.dump(f)
local text = bytecode.disassemble(image)
print(bytecode.assemble(text) == image, bytecode.assemble(bytecode.disassemble(image, true)) == image) -- expect: true true
print(load(bytecode.assemble(text))(5)(6)) -- expect: 11 5
print(bytecode.assemble("what")) -- expect: nil line 1: code stands in a function
print(pcall(bytecode.assemble)) -- expect: false bad argument #1 to 'luka.bytecode.assemble' (string expected, got no value)

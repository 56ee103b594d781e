--- Emission: the resolved tree to bytecode, one function at a time, in one pass over each.
--
-- The rooms, from the bottom up: `emitter` is the state, `code` the function under construction,
-- `consts` its constants, `jumps` its pending jumps, `place` where lines come from; `exp` brings
-- values into registers, `access` reads and writes variables, `ops` combines values; `expr`, `table`,
-- `stat`, `loops` walk the tree, `ext` the nodes of the extensions; `vars` keeps the scopes.
-- Functions do not depend on each other's code, so nothing recurses over nested functions; a
-- function whose conditional jumps do not reach is emitted again in wide mode.

local Emitter = require "luka.compiler.emit.emitter"
local Place = require "luka.compiler.emit.place"
local diag = require "luka.compiler.diag"

for _, room in ipairs { "code", "consts", "jumps", "exp", "access", "ops", "vars", "expr", "table",
  "ext", "stat", "loops", "finish" } do
  require("luka.compiler.emit." .. room)
end

local emit = {}

--- PUC's message for a function that needs too many registers, raised when the token ending at
-- `stop` was the last one consumed.
local function too_many_registers(source, tokens, stop)
  local index = tokens:index_at_or_after(stop)
  local start = tokens.starts[index]
  local text = "function or expression needs too many registers near " .. tokens:near(index, source)
  local line = source:line(tokens:line_at(index))
  local fault = diag.new(diag.codes.TooManyRegisters, start, tokens.stops[index], text)
  return diag.with_puc(fault, start, diag.SEMANTIC, line, text)
end

--- Emits every function of a chunk. Returns the module, { source_name, protos }, and diagnostics.
-- Of a tree with errors the module is of no use, but the diagnostics are.
function emit.emit(source, tokens, hir, options)
  local emitter = Emitter.new(Place.new(tokens, source), options.planted)
  local protos, diagnostics = {}, {}
  for n, fn in ipairs(hir.functions) do
    protos[n] = emitter:proto(fn)
    if emitter.fault then
      diagnostics[#diagnostics + 1] = too_many_registers(source, tokens, emitter.fault)
    end
  end
  return { source_name = source.name, protos = protos }, diagnostics
end

return emit

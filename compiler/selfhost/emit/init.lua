--- Emission: the resolved tree to bytecode, one function at a time, in one pass over each.
--
-- The modules, from the bottom up: `emitter` is the state, `code` the function under construction,
-- `consts` its constants, `jumps` its pending jumps, `positions` where lines come from; `exp` brings
-- values into registers, `access` reads and writes variables, `ops` combines values; `expr`, `table`,
-- `stat`, `loops` walk the tree, `ext` the nodes of the extensions; `vars` keeps the scopes.
-- Functions do not depend on each other's code, so nothing recurses over nested functions; a
-- function whose conditional jumps do not reach is emitted again in wide mode.

local Emitter = require "luka.compiler.emit.emitter"
local Positions = require "luka.compiler.emit.positions"
local diag = require "luka.compiler.diag"

for _, room in ipairs {
  "code", "consts", "jumps", "exp", "access", "ops", "vars", "expr", "table", "ext", "stat",
  "loops", "finish",
} do
  require("luka.compiler.emit." .. room)
end

local emit = {}

--- PUC's message for a function that needs too many registers, raised when the token ending at
-- `stop` was the last one consumed.
local function too_many_registers(source, tokens, stop)
  local index = tokens:index_at_or_after(stop)
  local start = tokens.starts[index]
  local text = "function or expression needs too many registers near "
    .. tokens:token_text(index, source)
  local line = source:line(tokens:line_at(index))
  local diagnostic = diag.new(diag.codes.TooManyRegisters, start, tokens.stops[index], text)
  return diag.with_puc(diagnostic, start, diag.SEMANTIC, line, text)
end

--- Emits every function of a chunk. Returns the module, { source_name, protos }, and diagnostics.
-- The module of a tree with errors is unusable, but its diagnostics are.
function emit.emit(source, tokens, hir, options)
  local emitter = Emitter.new(Positions.new(tokens, source), options.planted)
  local protos, diagnostics = {}, {}
  for n, fn in ipairs(hir.functions) do
    protos[n] = emitter:proto(fn)
    if emitter.out_of_registers then
      diagnostics[#diagnostics + 1] = too_many_registers(source, tokens, emitter.out_of_registers)
    end
  end
  return {source_name = source.name, protos = protos}, diagnostics
end

return emit

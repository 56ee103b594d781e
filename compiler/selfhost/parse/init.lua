-- The parser: the grammar of Lua 5.4 (manual §9) and of the extensions. Mirror of
-- compiler/src/parse/mod.rs, of its explaining pass alone: at the first error it records it, and proceeds
-- as if the text ended there, which closes a partial tree with everything before the error. Each rule is
-- a function that looks one token ahead; nothing backtracks.
--
-- `stmt`, `func`, `expr` and `table` hold the grammar, `state` what the rules share, `error` creates the diagnostics;
-- `ext` holds what the extensions add, which is reached only where plain Lua has an error.

local lex = require "luka.compiler.lex".lex
local explain = require "luka.compiler.parse.error".explain
local state = require "luka.compiler.parse.state"

require "luka.compiler.parse.expr"
require "luka.compiler.parse.table"
require "luka.compiler.parse.func"
require "luka.compiler.parse.stmt"
require "luka.compiler.parse.ext"

-- Parses a chunk: `{chunk, tokens, diagnostics}`. Never fails: an invalid text gives a partial tree and
-- one diagnostic. `options.std` is "Luka" or "Lua54"; `options.c_levels` the C levels in use when the
-- parser is called: nesting is refused when it and these reach 200 together. In the `lua` program,
-- `load` called from the main chunk finds 2.
local function parse(source, options)
  local tokens = lex(source, options.std)
  local p = state.new(tokens, options)
  state.rules.main_function(p)
  local diagnostics = {}
  if p.error then
    diagnostics[1] = explain(p.error, tokens, source)
  end
  return {chunk = p.chunk, tokens = tokens, diagnostics = diagnostics}
end

return {parse = parse}

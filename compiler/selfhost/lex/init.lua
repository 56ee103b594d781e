-- The lexer: text to flat token arrays. It never fails: invalid text becomes an error token
-- with a diagnostic. Mirror of compiler/src/lex/mod.rs.
--
-- `scan` is the main loop, `string`, `interp` and `number` read literals, `token_text` shows a token as PUC's
-- messages do, `error` creates the diagnostics, `dump` prints the tokens as text.

return {
  lex = require "luka.compiler.lex.scan".lex,
  dump_tokens = require "luka.compiler.lex.dump".dump_tokens,
  parse_numeral = require "luka.compiler.lex.number".parse_numeral,
}

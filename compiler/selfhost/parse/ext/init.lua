-- The grammar of the extensions. Every rule here is reached from a place where plain Lua 5.4 has a syntax
-- error; soft keywords are names until such a place is met after them. Mirror of
-- compiler/src/parse/ext/mod.rs.
--
-- The files put their rules into `parse.state`'s table; in the order of who needs whom:

require "luka.compiler.parse.ext.types"
require "luka.compiler.parse.ext.expr"
require "luka.compiler.parse.ext.pattern"
require "luka.compiler.parse.ext.matching"
require "luka.compiler.parse.ext.stmt"

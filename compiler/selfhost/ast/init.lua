-- The syntax tree. Its nodes are plain tables, made by the parser where it reads them; their shapes are
-- described in README.md. Mirror of compiler/src/ast/mod.rs.
--
-- Left-deep chains (`a + a + …`, `a.b.c…`, `f()()…`) may be millions of nodes deep: walk them with an
-- explicit stack. Forms that the grammar nests truly are at most 200 levels deep.

return {dump_ast = require "luka.compiler.ast.dump".dump_ast}

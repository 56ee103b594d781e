//! The syntax tree: a flat arena of nodes with `u32` ids.
//!
//! Nodes live in vectors and name each other by id; nothing is boxed, so neither building,
//! walking nor dropping a tree recurses on the host stack by itself. Left-deep chains (`a+a+…`,
//! `a.b.c…`, `f()()…`) may be millions of nodes deep: walk them with an explicit stack. Forms that
//! the grammar nests truly are at most 200 levels deep (PUC's limit).
//!
//! Every node has the span of its text; positions of keywords and operators that PUC Lua takes
//! line numbers from are kept beside it as byte positions, to be turned into lines by
//! [`crate::source::Source::line`]. A position named `…_line_at` points at a byte on the line in
//! question.
//!
//! The tree is total: where parsing failed it holds `Error` nodes, unfinished functions say so
//! ([`Func::complete`]), and everything before the error is there. What the extensions add
//! is in `ext` and `types`; few of their nodes outlive `lower`.

mod chunk;
mod dump;
mod dump_ext;
mod expr;
pub mod ext;
mod list;
mod same;
mod stmt;
pub mod types;

pub use dump::dump_ast;
pub use expr::{BinOp, Expr, Field, MethodCall, Table, UnOp};
pub use ext::Ext;
pub use list::{Id, List};
pub use stmt::{Attrib, Binding, Block, Func, GenericFor, IfArm, NumericFor, Stmt};

use crate::Span;
use list::define_ids;

define_ids! {
    /// An expression; index into [`Chunk::exprs`].
    ExprId,
    /// A statement; index into [`Chunk::stmts`].
    StmtId,
    /// A block; index into [`Chunk::blocks`].
    BlockId,
    /// A function; index into [`Chunk::funcs`]. Numbered in the order they *start*, the main
    /// function 0: the order of `bytecode::Module::protos`.
    FuncId,
    /// A table constructor; index into [`Chunk::tables`].
    TableId,
    /// A method call; index into [`Chunk::method_calls`].
    MethodCallId,
    /// A numeric `for`; index into [`Chunk::numeric_fors`].
    NumericForId,
    /// A generic `for`; index into [`Chunk::generic_fors`].
    GenericForId,
    /// A declared local variable or parameter; index into [`Chunk::bindings`].
    BindingId,
    /// An `if` or `elseif` arm; index into [`Chunk::arms`].
    ArmId,
    /// A field of a table constructor; index into [`Chunk::fields`].
    FieldId,
}

/// The tree of one chunk.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Expressions.
    pub exprs: Vec<Expr>,
    /// The span of each expression.
    pub expr_spans: Vec<Span>,
    /// Statements.
    pub stmts: Vec<Stmt>,
    /// The span of each statement.
    pub stmt_spans: Vec<Span>,
    /// Blocks.
    pub blocks: Vec<Block>,
    /// Functions, in the order in which they start.
    pub funcs: Vec<Func>,
    /// Table constructors.
    pub tables: Vec<Table>,
    /// Method calls.
    pub method_calls: Vec<MethodCall>,
    /// Numeric `for` loops.
    pub numeric_fors: Vec<NumericFor>,
    /// Generic `for` loops.
    pub generic_fors: Vec<GenericFor>,
    /// Declared variables.
    pub bindings: Vec<Binding>,
    /// Arms of `if` statements.
    pub arms: Vec<IfArm>,
    /// Fields of table constructors.
    pub fields: Vec<Field>,
    /// What the extensions add; `None` in plain Lua 5.4.
    pub ext: Option<Box<Ext>>,
    /// Storage of every [`List`]: a length, then that many ids.
    lists: Vec<u32>,
}

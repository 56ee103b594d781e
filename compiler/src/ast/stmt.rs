//! Statements, blocks and functions.

use super::ext::ExtId;
use super::{
    ArmId, BinOp, BindingId, BlockId, ExprId, FuncId, GenericForId, List, NumericForId, StmtId,
};
use crate::{Span, Sym};

/// A statement; its span stands in [`super::Chunk::stmt_spans`] and starts at the statement's
/// first token, whose line is PUC's `line` of the statement. Empty statements (`;`) are not kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stmt {
    /// Where parsing failed.
    Error,
    /// `local a <attrib>, b = values`.
    Local {
        bindings: List<BindingId>,
        values: List<ExprId>,
    },
    /// `local function binding … end`.
    LocalFunction {
        binding: BindingId,
        func: FuncId,
    },
    /// `targets = values`. Targets are `Name`, `Index` or `Field` (or `Error`). PUC checks each
    /// one for being constant when the token after it (`,` or `=`) is current.
    Assign {
        targets: List<ExprId>,
        values: List<ExprId>,
    },
    /// A call as a statement: `Call` or `MethodCall`; anything else only when parsing failed.
    Call(ExprId),
    Do(BlockId),
    While {
        cond: ExprId,
        body: BlockId,
    },
    /// The condition is inside the body's scope.
    Repeat {
        body: BlockId,
        cond: ExprId,
    },
    If {
        arms: List<ArmId>,
        otherwise: Option<BlockId>,
    },
    NumericFor(NumericForId),
    GenericFor(GenericForId),
    /// `function target … end`; the target is a `Name` or a chain of `Field`s on one. With `:`
    /// the method's name is the last `Field` and [`Func::is_method`] is set.
    Function {
        target: ExprId,
        func: FuncId,
    },
    /// The span ends before an optional `;`.
    Return(List<ExprId>),
    Break,
    /// The name ends where the span ends.
    Goto(Sym),
    /// `::name::`, the name at `name_at`. It is the last of its block for the purpose of scopes
    /// when only `Label`s follow and the block is not the body of a `repeat`.
    Label {
        name: Sym,
        name_at: u32,
    },
    /// `target op= value`; the target's table and key are evaluated once.
    Compound {
        target: ExprId,
        op: BinOp,
        value: ExprId,
    },
    /// From here on these names are global (`global *`: no names), constant if so said.
    Global {
        names: List<BindingId>,
        is_const: bool,
    },
    /// Does not outlive `lower`.
    Continue,
    /// A statement of [`super::Ext::stmts`]; does not outlive `lower`.
    Ext(ExtId),
}

/// A block: statements between two tokens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    pub stmts: List<StmtId>,
    /// Start of the token before the block: `do`, `then`, `else`, `repeat`, the `)` of a
    /// parameter list; the start of the text for the main block.
    pub open_at: u32,
    /// Start of the token after the block: `end`, `else`, `elseif`, `until`; the end of the text
    /// for the main block and for blocks that parsing left open.
    pub close_at: u32,
}

/// `if cond then body`, or the same with `elseif`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IfArm {
    pub cond: ExprId,
    pub body: BlockId,
    /// Start of the `if` or `elseif`.
    pub at: u32,
}

/// `for var = start, limit, step do body end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumericFor {
    pub var: BindingId,
    pub start: ExprId,
    pub limit: ExprId,
    pub step: Option<ExprId>,
    pub body: BlockId,
}

/// `for vars in values do body end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GenericFor {
    pub vars: List<BindingId>,
    pub values: List<ExprId>,
    pub body: BlockId,
    /// On the line PUC gives to the iterator's call: where the first token after `in` ends.
    pub line_at: u32,
}

/// What `<…>` says about a local variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Attrib {
    #[default]
    None,
    Const,
    Close,
}

/// A local variable, loop variable or parameter, where it is declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Binding {
    pub name: Sym,
    pub name_span: Span,
    pub attrib: Attrib,
}

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Func {
    /// Parameters, without the implicit `self`.
    pub params: List<BindingId>,
    pub is_vararg: bool,
    /// `function a:b()`: the first parameter is an implicit `self`.
    pub is_method: bool,
    /// False when parsing failed before the function's `end` (for the main function, before the
    /// end of the text): PUC then never reaches the checks it makes when it closes a function.
    pub complete: bool,
    pub body: BlockId,
    /// From `function` to the end of `end`; the whole text for the main function.
    pub span: Span,
    /// On the line PUC calls `linedefined` (the `function` of a statement, the `(` of an
    /// expression or a `local function`). The main function's `linedefined` is 0 instead.
    pub line_at: u32,
    /// Start of the `end`: the line of `lastlinedefined`, where the final return stands. The main
    /// function's `lastlinedefined` is 0 instead, its final return stands on the last token.
    pub end_at: u32,
}

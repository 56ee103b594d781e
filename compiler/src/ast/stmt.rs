//! Statements, blocks and functions.

use super::ext::ExtId;
use super::{
    ArmId, BinOp, BindingId, BlockId, ExprId, FuncId, GenericForId, List, NumericForId, StmtId,
};
use crate::{Span, Sym};

/// A statement; its span is in [`super::Chunk::stmt_spans`] and starts at the statement's
/// first token, whose line is PUC's `line` of the statement. Empty statements (`;`) are not kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stmt {
    /// Where parsing failed.
    Error,
    /// `local a <attrib>, b = values`.
    Local {
        /// The variables.
        bindings: List<BindingId>,
        /// The values.
        values: List<ExprId>,
    },
    /// `local function binding … end`.
    LocalFunction {
        /// The declared variable.
        binding: BindingId,
        /// The function.
        func: FuncId,
    },
    /// `targets = values`. Targets are `Name`, `Index` or `Field` (or `Error`). PUC checks each
    /// one for being constant when the token after it (`,` or `=`) is current.
    Assign {
        /// The targets.
        targets: List<ExprId>,
        /// The values.
        values: List<ExprId>,
    },
    /// A call as a statement: `Call` or `MethodCall`; anything else only when parsing failed.
    Call(ExprId),
    /// `do body end`
    Do(BlockId),
    /// `while cond do body end`
    While {
        /// The condition.
        cond: ExprId,
        /// The body.
        body: BlockId,
    },
    /// The condition is inside the body's scope.
    Repeat {
        /// The body.
        body: BlockId,
        /// The condition.
        cond: ExprId,
    },
    /// `if … end`
    If {
        /// The arms.
        arms: List<ArmId>,
        /// The `else` block.
        otherwise: Option<BlockId>,
    },
    /// `for var = start, limit, step do body end`
    NumericFor(NumericForId),
    /// `for vars in values do body end`
    GenericFor(GenericForId),
    /// `function target … end`; the target is a `Name` or a chain of `Field`s on one. With `:`
    /// the method's name is the last `Field` and [`Func::is_method`] is set.
    Function {
        /// The target.
        target: ExprId,
        /// The function.
        func: FuncId,
    },
    /// The span ends before an optional `;`.
    Return(List<ExprId>),
    /// `break`
    Break,
    /// The name ends where the span ends.
    Goto(Sym),
    /// `::name::`, the name at `name_at`. It is the last of its block for the purpose of scopes
    /// when only `Label`s follow and the block is not the body of a `repeat`.
    Label {
        /// The name.
        name: Sym,
        /// Where the name starts.
        name_at: u32,
    },
    /// `target op= value`; the target's table and key are evaluated once.
    Compound {
        /// The target.
        target: ExprId,
        /// The operator.
        op: BinOp,
        /// The value.
        value: ExprId,
    },
    /// From here on these names are global (`global *`: no names), and constant if `is_const`.
    Global {
        /// The names.
        names: List<BindingId>,
        /// Whether it is constant.
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
    /// The statements.
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
    /// The condition.
    pub cond: ExprId,
    /// The body.
    pub body: BlockId,
    /// Start of the `if` or `elseif`.
    pub at: u32,
}

/// `for var = start, limit, step do body end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumericFor {
    /// The loop variable.
    pub var: BindingId,
    /// The initial value.
    pub start: ExprId,
    /// The limit.
    pub limit: ExprId,
    /// The step; 1 if there is none.
    pub step: Option<ExprId>,
    /// The body.
    pub body: BlockId,
}

/// `for vars in values do body end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GenericFor {
    /// The loop variables.
    pub vars: List<BindingId>,
    /// The values.
    pub values: List<ExprId>,
    /// The body.
    pub body: BlockId,
    /// On the line PUC gives to the iterator's call: where the first token after `in` ends.
    pub line_at: u32,
}

/// The attribute of a local variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Attrib {
    /// No attribute.
    #[default]
    None,
    /// `<const>`
    Const,
    /// `<close>`
    Close,
}

/// A local variable, loop variable or parameter, where it is declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Binding {
    /// The name.
    pub name: Sym,
    /// The span of the name.
    pub name_span: Span,
    /// The attribute.
    pub attrib: Attrib,
}

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Func {
    /// Parameters, without the implicit `self`.
    pub params: List<BindingId>,
    /// Whether it has `...`.
    pub is_vararg: bool,
    /// `function a:b()`: the first parameter is an implicit `self`.
    pub is_method: bool,
    /// False when parsing failed before the function's `end` (for the main function, before the
    /// end of the text): PUC then never reaches the checks it makes when it closes a function.
    pub complete: bool,
    /// The body.
    pub body: BlockId,
    /// From `function` to the end of `end`; the whole text for the main function.
    pub span: Span,
    /// On the line PUC calls `linedefined` (the `function` of a statement, the `(` of an
    /// expression or a `local function`). The main function's `linedefined` is 0 instead.
    pub line_at: u32,
    /// Start of the `end`: the line of `lastlinedefined`, where the final return stands. The main
    /// function's `lastlinedefined` is 0 instead, its final return is on the last token.
    pub end_at: u32,
}

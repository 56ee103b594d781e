//! Expressions.

use super::types::TypeId;
use super::{ExprId, FieldId, FuncId, List, MethodCallId, TableId};
use crate::{Span, Sym};

/// An expression. Sixteen bytes; its span stands in [`super::Chunk::expr_spans`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Expr {
    /// Where parsing failed.
    Error,
    Nil,
    True,
    False,
    Int(i64),
    Float(f64),
    Str(Sym),
    /// `...`; the parser has checked that the function is vararg.
    Vararg,
    /// A variable, not resolved.
    Name(Sym),
    Function(FuncId),
    Table(TableId),
    /// `object[key]`.
    Index {
        object: ExprId,
        key: ExprId,
    },
    /// `object.name`; the name is the last `len(name)` bytes of the span.
    Field {
        object: ExprId,
        name: Sym,
    },
    /// `callee(args)`, `callee"…"`, `callee{…}`. `line_at`: on the line of the call, which is the
    /// line of the `(` or `{`, or where a string argument ends.
    Call {
        callee: ExprId,
        args: List<ExprId>,
        line_at: u32,
    },
    MethodCall(MethodCallId),
    /// The operator stands at the start of the span.
    Unary {
        op: UnOp,
        operand: ExprId,
    },
    /// `op_at` is where the operator's token starts.
    Binary {
        op: BinOp,
        lhs: ExprId,
        rhs: ExprId,
        op_at: u32,
    },
    /// `(inner)`: one value, and not assignable.
    Paren(ExprId),
    /// `if c then a elseif d then b else e`: conditions and values in turn, the last value alone.
    /// One value.
    If(List<ExprId>),
    /// What `?.` makes of the suffixed expression it stands in: one value, nil if a
    /// [`Expr::OptionalLink`] in it found one.
    Optional(ExprId),
    /// What stands before a `?.`, a part of an [`Expr::Optional`].
    OptionalLink(ExprId),
    /// `e :: T`; does not outlive `lower`.
    Cast {
        expr: ExprId,
        ty: TypeId,
    },
    /// An interpolated string: text ([`Expr::Str`]) and holes in turn, text at both ends. Does not
    /// outlive `lower`.
    Interpolated(List<ExprId>),
}

const _: () = assert!(size_of::<Expr>() == 16);

/// `object:name(args)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MethodCall {
    pub object: ExprId,
    pub name: Sym,
    pub name_span: Span,
    pub args: List<ExprId>,
    /// As in [`Expr::Call`].
    pub line_at: u32,
}

/// `{ … }`. The opening brace stands at the start of the span, the closing one at its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Table {
    pub fields: List<FieldId>,
}

/// A field of a table constructor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// `value`. (PUC quirk: when the item starts with a Name, PUC has looked one token ahead
    /// while that Name is current, so code emitted right after consuming the Name gets the line
    /// of the token behind it.)
    Item(ExprId),
    /// `name = value`; the name starts at `name_at`.
    Named { name: Sym, name_at: u32, value: ExprId },
    /// `[key] = value`.
    Keyed { key: ExprId, value: ExprId },
}

/// A unary operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum UnOp {
    Neg,
    BNot,
    Not,
    Len,
}

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Mod,
    Pow,
    Div,
    IDiv,
    BAnd,
    BOr,
    BXor,
    Shl,
    Shr,
    Concat,
    Eq,
    Lt,
    Le,
    Ne,
    Gt,
    Ge,
    And,
    Or,
    /// `??`
    Coalesce,
}

impl UnOp {
    /// The operator as it is written.
    pub const fn text(self) -> &'static str {
        match self {
            UnOp::Neg => "-",
            UnOp::BNot => "~",
            UnOp::Not => "not",
            UnOp::Len => "#",
        }
    }
}

impl BinOp {
    /// The operator as it is written.
    pub const fn text(self) -> &'static str {
        match self {
            BinOp::Add => "+",
            BinOp::Sub => "-",
            BinOp::Mul => "*",
            BinOp::Mod => "%",
            BinOp::Pow => "^",
            BinOp::Div => "/",
            BinOp::IDiv => "//",
            BinOp::BAnd => "&",
            BinOp::BOr => "|",
            BinOp::BXor => "~",
            BinOp::Shl => "<<",
            BinOp::Shr => ">>",
            BinOp::Concat => "..",
            BinOp::Eq => "==",
            BinOp::Lt => "<",
            BinOp::Le => "<=",
            BinOp::Ne => "~=",
            BinOp::Gt => ">",
            BinOp::Ge => ">=",
            BinOp::And => "and",
            BinOp::Or => "or",
            BinOp::Coalesce => "??",
        }
    }
}

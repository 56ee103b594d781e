//! Expressions.

use super::types::TypeId;
use super::{ExprId, FieldId, FuncId, List, MethodCallId, TableId};
use crate::{Span, Sym};

/// An expression. Sixteen bytes; its span is in [`super::Chunk::expr_spans`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Expr {
    /// Where parsing failed.
    Error,
    /// `nil`
    Nil,
    /// `true`
    True,
    /// `false`
    False,
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(Sym),
    /// `...`; the parser has checked that the function is vararg.
    Vararg,
    /// `...` in a function that names its varargs: the elements of that table. Does not outlive
    /// `lower`.
    NamedVararg(FuncId),
    /// A variable, not resolved.
    Name(Sym),
    /// A function.
    Function(FuncId),
    /// A table constructor.
    Table(TableId),
    /// `object[key]`.
    Index {
        /// The indexed object.
        object: ExprId,
        /// The key.
        key: ExprId,
    },
    /// `object.name`; the name is the last `len(name)` bytes of the span.
    Field {
        /// The indexed object.
        object: ExprId,
        /// The name.
        name: Sym,
    },
    /// `callee(args)`, `callee"…"`, `callee{…}`. `line_at`: on the line of the call, which is the
    /// line of the `(` or `{`, or where a string argument ends.
    Call {
        /// The called function.
        callee: ExprId,
        /// The arguments.
        args: List<ExprId>,
        /// A position on the line of the call.
        line_at: u32,
    },
    /// `object:name(args)`
    MethodCall(MethodCallId),
    /// The operator is at the start of the span.
    Unary {
        /// The operator.
        op: UnOp,
        /// The operand.
        operand: ExprId,
    },
    /// `op_at` is where the operator's token starts.
    Binary {
        /// The operator.
        op: BinOp,
        /// The left operand.
        lhs: ExprId,
        /// The right operand.
        rhs: ExprId,
        /// Where the operator starts.
        op_at: u32,
    },
    /// `(inner)`: one value, and not assignable.
    Paren(ExprId),
    /// `if c then a elseif d then b else e`: conditions and values in turn, the last value alone.
    /// One value.
    If(List<ExprId>),
    /// A suffixed expression that contains `?.`: one value, nil if an
    /// [`Expr::OptionalLink`] in it is nil.
    Optional(ExprId),
    /// The operand of a `?.` in an [`Expr::Optional`].
    OptionalLink(ExprId),
    /// `e :: T`; does not outlive `lower`.
    Cast {
        /// The expression.
        expr: ExprId,
        /// The type.
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
    /// The indexed object.
    pub object: ExprId,
    /// The name.
    pub name: Sym,
    /// The span of the name.
    pub name_span: Span,
    /// The arguments.
    pub args: List<ExprId>,
    /// As in [`Expr::Call`].
    pub line_at: u32,
}

/// `{ … }`. The opening brace is at the start of the span, the closing one at its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Table {
    /// The fields.
    pub fields: List<FieldId>,
}

/// A field of a table constructor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// `value`. (PUC quirk: when the item starts with a Name, PUC has looked one token ahead
    /// while that Name is current, so code emitted right after consuming the Name gets the line
    /// of the token after it.)
    Item(ExprId),
    /// `name = value`; the name starts at `name_at`.
    Named {
        /// The name.
        name: Sym,
        /// Where the name starts.
        name_at: u32,
        /// The value.
        value: ExprId,
    },
    /// `[key] = value`.
    Keyed {
        /// The key.
        key: ExprId,
        /// The value.
        value: ExprId,
    },
}

/// A unary operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum UnOp {
    /// `-`
    Neg,
    /// `~`
    BNot,
    /// `not`
    Not,
    /// `#`
    Len,
}

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum BinOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `%`
    Mod,
    /// `^`
    Pow,
    /// `/`
    Div,
    /// `//`
    IDiv,
    /// `&`
    BAnd,
    /// `|`
    BOr,
    /// `~`
    BXor,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// `..`
    Concat,
    /// `==`
    Eq,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `~=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `and`
    And,
    /// `or`
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

//! What only the extensions of the language need of the tree. A chunk of plain Lua 5.4 has none
//! of it ([`super::Chunk::ext`] is `None`); `lower` turns it into plain nodes, types aside.

use super::types::{Generics, Type, TypeId};
use super::{BindingId, BlockId, ExprId, FuncId, List, define_ids};
use crate::{Span, Sym};

define_ids! {
    /// A statement of [`Ext::stmts`].
    ExtId,
    /// A pattern of [`Ext::patterns`].
    PatternId,
}

/// The side tables of a chunk with extensions.
#[derive(Clone, Debug, Default)]
pub struct Ext {
    pub stmts: Vec<ExtStmt>,
    pub patterns: Vec<Pattern>,
    pub pattern_spans: Vec<Span>,
    pub types: Vec<Type>,
    pub type_spans: Vec<Span>,
    /// Type annotations of variables and parameters.
    pub binding_types: Vec<(BindingId, TypeId)>,
    pub pattern_types: Vec<(PatternId, TypeId)>,
    /// What functions return, and the type of their `...`.
    pub return_types: Vec<(FuncId, TypeId)>,
    pub vararg_types: Vec<(FuncId, TypeId)>,
    pub generics: Vec<(FuncId, Generics)>,
    /// Defaults of parameters.
    pub defaults: Vec<(BindingId, ExprId)>,
    /// Parameters and loop variables that are patterns; their binding has a hidden name.
    pub destructured: Vec<(BindingId, PatternId)>,
    /// `...name`: the table of further arguments.
    pub named_varargs: Vec<(FuncId, BindingId)>,
    /// Functions written with `->`.
    pub short_functions: Vec<FuncId>,
}

/// A statement of the extensions.
#[derive(Clone, Debug)]
pub enum ExtStmt {
    /// `local` with a pattern among its targets.
    Local {
        targets: Vec<Target>,
        values: List<ExprId>,
    },
    /// `if` with a `local` among its conditions.
    If {
        arms: Vec<IfLocalArm>,
        otherwise: Option<BlockId>,
    },
    /// `while local … do`
    While {
        cond: Condition,
        body: BlockId,
    },
    /// `global names`, or `global *` without names.
    Global {
        names: List<BindingId>,
        values: List<ExprId>,
        is_const: bool,
    },
    GlobalFunction {
        binding: BindingId,
        func: FuncId,
    },
    /// `type Name = …`
    Type {
        name: Sym,
        exported: bool,
        generics: Generics,
        ty: TypeId,
    },
    Match(Match),
    /// `defer call`; the `...` of the enclosing function may stand in it.
    DeferCall {
        call: ExprId,
        uses_vararg: bool,
    },
    /// `defer do … end`
    DeferBlock {
        body: BlockId,
        uses_vararg: bool,
    },
    Try(Try),
}

/// A target of a destructuring `local`.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    Name(BindingId),
    Pattern(PatternId),
}

/// A condition that may declare variables; the first of them decides.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    Expr(ExprId),
    Local { bindings: List<BindingId>, values: List<ExprId> },
}

#[derive(Clone, Copy, Debug)]
pub struct IfLocalArm {
    pub cond: Condition,
    pub body: BlockId,
    /// Start of the `if` or `elseif`.
    pub at: u32,
}

/// `match subject do case … else … end`
#[derive(Clone, Debug)]
pub struct Match {
    pub subject: ExprId,
    pub arms: Vec<MatchArm>,
    pub otherwise: Option<BlockId>,
}

#[derive(Clone, Copy, Debug)]
pub struct MatchArm {
    pub pattern: PatternId,
    pub guard: Option<ExprId>,
    pub body: BlockId,
    /// Start of the `case`.
    pub at: u32,
}

/// `try do body catch name then … finally do … end`
#[derive(Clone, Copy, Debug)]
pub struct Try {
    pub body: BlockId,
    pub catch: Option<(BindingId, BlockId)>,
    pub finally: Option<BlockId>,
    /// Do the body and the `finally` block use the `...` of the enclosing function?
    pub body_vararg: bool,
    pub finally_vararg: bool,
}

/// A pattern of a destructuring or a `match`.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Where parsing failed.
    Error,
    /// `_` in a `match`: anything, bound to no name.
    Any,
    /// A name takes the value.
    Bind(BindingId),
    /// Equal to a literal; in a `match` only.
    Literal(ExprId),
    /// `{key = pattern}`
    Table(Vec<PatternEntry>),
    /// `[pattern, ...rest]`
    Array { items: Vec<PatternEntry>, rest: Rest },
    /// `p | q`; in a `match` only.
    Either(Vec<PatternId>),
}

/// What follows the items of an array pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rest {
    None,
    /// `...`
    Ignored,
    /// `...name`
    Bind(BindingId),
}

/// A field or an item of a pattern.
#[derive(Clone, Copy, Debug)]
pub struct PatternEntry {
    /// The key of a field.
    pub key: Option<(Sym, Span)>,
    pub pattern: PatternId,
    /// What stands for a value of nil; in a destructuring only.
    pub default: Option<ExprId>,
}

impl Ext {
    pub fn add_stmt(&mut self, stmt: ExtStmt) -> ExtId {
        self.stmts.push(stmt);
        ExtId::new(self.stmts.len() as u32 - 1)
    }

    pub fn add_pattern(&mut self, pattern: Pattern, span: Span) -> PatternId {
        self.patterns.push(pattern);
        self.pattern_spans.push(span);
        PatternId::new(self.patterns.len() as u32 - 1)
    }

    pub fn add_type(&mut self, ty: Type, span: Span) -> TypeId {
        self.types.push(ty);
        self.type_spans.push(span);
        TypeId::new(self.types.len() as u32 - 1)
    }
}

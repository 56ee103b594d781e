//! The parts of the tree that only extensions use. A chunk of plain Lua 5.4 has none
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
    /// Statements of the extensions.
    pub stmts: Vec<ExtStmt>,
    /// Patterns.
    pub patterns: Vec<Pattern>,
    /// The span of each pattern.
    pub pattern_spans: Vec<Span>,
    /// Types.
    pub types: Vec<Type>,
    /// The span of each type.
    pub type_spans: Vec<Span>,
    /// Type annotations of variables and parameters.
    pub binding_types: Vec<(BindingId, TypeId)>,
    /// Type annotations of patterns.
    pub pattern_types: Vec<(PatternId, TypeId)>,
    /// What functions return, and the type of their `...`.
    pub return_types: Vec<(FuncId, TypeId)>,
    /// Types of functions' `...`.
    pub vararg_types: Vec<(FuncId, TypeId)>,
    /// Type parameters.
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
        /// The targets.
        targets: Vec<Target>,
        /// The values.
        values: List<ExprId>,
    },
    /// `if` with a `local` among its conditions.
    If {
        /// The arms.
        arms: Vec<IfLocalArm>,
        /// The `else` block.
        otherwise: Option<BlockId>,
    },
    /// `while local … do`
    While {
        /// The condition.
        cond: Condition,
        /// The body.
        body: BlockId,
    },
    /// `global names`, or `global *` without names.
    Global {
        /// The names.
        names: List<BindingId>,
        /// The values.
        values: List<ExprId>,
        /// Whether it is constant.
        is_const: bool,
    },
    /// `global function name … end`
    GlobalFunction {
        /// The declared variable.
        binding: BindingId,
        /// The function.
        func: FuncId,
    },
    /// `type Name = …`
    Type {
        /// The name.
        name: Sym,
        /// Whether it is exported.
        exported: bool,
        /// Type parameters.
        generics: Generics,
        /// The type.
        ty: TypeId,
    },
    /// `match`
    Match(Match),
    /// `defer call`; it may use the `...` of the enclosing function.
    DeferCall {
        /// The call.
        call: ExprId,
        /// Whether it uses the `...` of the enclosing function.
        uses_vararg: bool,
    },
    /// `defer do … end`
    DeferBlock {
        /// The body.
        body: BlockId,
        /// Whether it uses the `...` of the enclosing function.
        uses_vararg: bool,
    },
    /// `try`
    Try(Try),
}

/// A target of a destructuring `local`.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// A name.
    Name(BindingId),
    /// A pattern.
    Pattern(PatternId),
}

/// A condition that may declare variables; the first of them decides.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// An expression.
    Expr(ExprId),
    /// Declared variables; the first one is tested.
    Local {
        /// The variables.
        bindings: List<BindingId>,
        /// The values.
        values: List<ExprId>,
    },
}

/// An arm of an [`ExtStmt::If`].
#[derive(Clone, Copy, Debug)]
pub struct IfLocalArm {
    /// The condition.
    pub cond: Condition,
    /// The body.
    pub body: BlockId,
    /// Start of the `if` or `elseif`.
    pub at: u32,
}

/// `match subject do case … else … end`
#[derive(Clone, Debug)]
pub struct Match {
    /// The matched value.
    pub subject: ExprId,
    /// The arms.
    pub arms: Vec<MatchArm>,
    /// The `else` block.
    pub otherwise: Option<BlockId>,
}

/// `case pattern if guard then body`
#[derive(Clone, Copy, Debug)]
pub struct MatchArm {
    /// The pattern.
    pub pattern: PatternId,
    /// The condition after `if`.
    pub guard: Option<ExprId>,
    /// The body.
    pub body: BlockId,
    /// Start of the `case`.
    pub at: u32,
}

/// `try do body catch name then … finally do … end`
#[derive(Clone, Copy, Debug)]
pub struct Try {
    /// The body.
    pub body: BlockId,
    /// The variable and the block of `catch`.
    pub catch: Option<(BindingId, BlockId)>,
    /// The block of `finally`.
    pub finally: Option<BlockId>,
    /// Do the body and the `finally` block use the `...` of the enclosing function?
    pub body_vararg: bool,
    /// Whether the `finally` block uses the `...` of the enclosing function.
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
    Array {
        /// The items.
        items: Vec<PatternEntry>,
        /// The rest.
        rest: Rest,
    },
    /// `p | q`; in a `match` only.
    Either(Vec<PatternId>),
}

/// The rest of an array pattern, after its items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rest {
    /// Nothing.
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
    /// The pattern.
    pub pattern: PatternId,
    /// The default for a value of nil; in a destructuring only.
    pub default: Option<ExprId>,
}

impl Ext {
    /// Adds a statement.
    pub fn add_stmt(&mut self, stmt: ExtStmt) -> ExtId {
        self.stmts.push(stmt);
        ExtId::new(self.stmts.len() as u32 - 1)
    }

    /// Adds a pattern.
    pub fn add_pattern(&mut self, pattern: Pattern, span: Span) -> PatternId {
        self.patterns.push(pattern);
        self.pattern_spans.push(span);
        PatternId::new(self.patterns.len() as u32 - 1)
    }

    /// Adds a type.
    pub fn add_type(&mut self, ty: Type, span: Span) -> TypeId {
        self.types.push(ty);
        self.type_spans.push(span);
        TypeId::new(self.types.len() as u32 - 1)
    }
}

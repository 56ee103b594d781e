//! The resolved tree: what a chunk means once every name is a local variable, an upvalue or a
//! field of `_ENV`, every jump knows its label and every constant expression is folded.
//!
//! Nodes live in flat arenas and refer to each other by index, so that nothing recurses over the
//! tree to build, drop or copy it. Every node keeps its source span; an operator, comma or
//! bracket between two nodes is found through the token list when its line is needed.

use luka_bytecode::{Span, UpvalueKind};

use crate::Sym;

pub use crate::ast::{BinOp, UnOp};

macro_rules! id {
    ($(#[doc = $doc:literal] $name:ident)*) => { $(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name(pub u32);
        impl $name {
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}
id! {
    /// An expression of [`Hir::exprs`].
    ExprId
    /// A statement of [`Hir::stats`].
    StatId
    /// A block of [`Hir::blocks`].
    BlockId
    /// A method call of [`Hir::methods`].
    MethodId
    /// A loop over numbers of [`Hir::numeric_fors`].
    NumericForId
    /// A loop over an iterator of [`Hir::generic_fors`].
    GenericForId
    /// A variable of [`Hir::locals`].
    LocalId
    /// A label of [`Hir::labels`].
    LabelId
    /// A function of [`Hir::functions`]; also its index in the module.
    FuncId
    /// A run of ids in [`Hir::lists`], its length first.
    List
}

impl List {
    /// The list without items.
    pub const EMPTY: List = List(0);
}

/// An expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Expr {
    /// Placeholder for a source error.
    Error,
    Nil,
    True,
    False,
    Int(i64),
    Float(f64),
    Str(Sym),
    Vararg,
    Local(LocalId),
    Upvalue(u8),
    /// `name` with no variable of that name in scope: a field of the `_ENV` expression.
    Global {
        env: ExprId,
        name: Sym,
    },
    /// `object.name`
    Field {
        object: ExprId,
        name: Sym,
    },
    /// `object[key]`
    Index {
        object: ExprId,
        key: ExprId,
    },
    /// `callee(args)`; `line_at` is on the line of the call.
    Call {
        callee: ExprId,
        args: List,
        line_at: u32,
    },
    /// `object:name(args)`
    Method(MethodId),
    Function(FuncId),
    /// The operator is at `op_at`.
    Binary {
        op: BinOp,
        left: ExprId,
        right: ExprId,
        op_at: u32,
    },
    Unary {
        op: UnOp,
        operand: ExprId,
    },
    /// `(e)`, or another place that takes exactly one value.
    Paren(ExprId),
    /// Items of the list come in pairs: key, value; [`NO_KEY`] for a positional item.
    Table(List),
    /// Conditions and values in turn, the last value alone.
    If(List),
    /// A suffixed expression that is nil if an [`Expr::OptionalLink`] in it is nil.
    Optional(ExprId),
    OptionalLink(ExprId),
    /// A constructor that has been emitted piece by piece, to this register.
    Built(u16),
}

/// The key of a positional item of a table constructor.
pub const NO_KEY: u32 = u32::MAX;

/// A method call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Method {
    pub object: ExprId,
    pub name: Sym,
    pub name_span: Span,
    pub args: List,
    /// As in [`Expr::Call`].
    pub line_at: u32,
}

/// Statements in a scope of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    pub stats: List,
    /// Start of the token before the block.
    pub open_at: u32,
    /// Start of the token after the block.
    pub close_at: u32,
}

/// A loop over numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumericFor {
    /// The first of three hidden variables; the visible one follows.
    pub first: LocalId,
    pub start: ExprId,
    pub limit: ExprId,
    pub step: Option<ExprId>,
    pub body: BlockId,
    pub exit: LabelId,
}

/// A loop over an iterator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GenericFor {
    /// The first of four hidden variables; the visible ones follow.
    pub first: LocalId,
    /// How many visible ones.
    pub count: u32,
    pub values: List,
    pub body: BlockId,
    pub exit: LabelId,
    /// On the line of the iterator's call.
    pub line_at: u32,
}

/// A statement.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stat {
    /// Placeholder for a source error.
    Error,
    /// `local` with `count` variables from `first` on.
    Local {
        first: LocalId,
        count: u32,
        values: List,
    },
    LocalFunction {
        local: LocalId,
        func: FuncId,
    },
    /// `function a.b:c() … end`
    Function {
        target: ExprId,
        func: FuncId,
    },
    Assign {
        targets: List,
        values: List,
    },
    Call(ExprId),
    Do(BlockId),
    While {
        cond: ExprId,
        body: BlockId,
        exit: LabelId,
    },
    /// The condition is inside the body's scope.
    Repeat {
        body: BlockId,
        cond: ExprId,
        exit: LabelId,
    },
    /// Items of the list come in pairs: condition (expression), body (block).
    If {
        arms: List,
        otherwise: Option<BlockId>,
    },
    NumericFor(NumericForId),
    GenericFor(GenericForId),
    Return(List),
    Break(LabelId),
    /// `goto` to a later label.
    Forward(LabelId),
    /// `goto` to an earlier label.
    Backward(LabelId),
    Label(LabelId),
    /// `target op= value`, table and key of the target evaluated once.
    Compound {
        target: ExprId,
        op: BinOp,
        value: ExprId,
    },
    /// A declaration that emits nothing.
    Nothing,
}

/// The kind of a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LocalKind {
    Regular,
    Const,
    ToClose,
    /// `<const>` with a value known now: it has no register, and its uses are replaced by the value.
    Folded,
}

impl LocalKind {
    /// The kind in upvalue descriptors.
    pub fn upvalue_kind(self) -> UpvalueKind {
        match self {
            LocalKind::Regular => UpvalueKind::Regular,
            LocalKind::Const | LocalKind::Folded => UpvalueKind::Const,
            LocalKind::ToClose => UpvalueKind::ToClose,
        }
    }
}

/// A local variable, parameter or hidden loop variable.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Local {
    pub name: Sym,
    pub kind: LocalKind,
    /// Register in its function.
    pub register: u8,
    /// An inner function uses it.
    pub captured: bool,
    /// Its value if it is [`LocalKind::Folded`].
    pub value: Expr,
}

/// The target of `goto` or `break`.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Label {
    /// A jump to it leaves the scope of a captured variable.
    pub needs_close: bool,
    /// It ends its block, whose variables are out of scope there: their first register.
    pub ends_at: Option<u8>,
}

/// A variable of an enclosing function that a function uses.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Upvalue {
    pub name: Sym,
    /// True: register `index` of the enclosing function; false: its upvalue `index`.
    pub in_stack: bool,
    pub index: u8,
    pub kind: UpvalueKind,
}

/// A function, or the main chunk.
#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    /// From `function` to the end of `end`; the whole text for the main chunk.
    pub span: Span,
    /// On the line of the definition.
    pub line_at: u32,
    /// Start of the `end`.
    pub end_at: u32,
    /// Parameters are `num_params` locals from here on, `self` included.
    pub first_param: LocalId,
    pub num_params: u8,
    pub is_vararg: bool,
    pub body: BlockId,
    pub upvalues: Vec<Upvalue>,
    pub children: Vec<FuncId>,
}

/// A resolved chunk.
#[derive(Clone, Debug, Default)]
pub struct Hir {
    /// In the order of their text, an enclosing function before the ones in it; the main chunk
    /// first.
    pub(crate) functions: Vec<Function>,
    pub(crate) exprs: Vec<Expr>,
    pub(crate) expr_spans: Vec<Span>,
    pub(crate) stats: Vec<Stat>,
    pub(crate) stat_spans: Vec<Span>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) methods: Vec<Method>,
    pub(crate) numeric_fors: Vec<NumericFor>,
    pub(crate) generic_fors: Vec<GenericFor>,
    pub(crate) lists: Vec<u32>,
    pub(crate) locals: Vec<Local>,
    pub(crate) labels: Vec<Label>,
    /// Names of globals where a local variable of the same name is hidden by a `global`.
    pub(crate) hiding_globals: Vec<crate::ast::ExprId>,
    /// The source has errors: code from this tree is unusable.
    pub(crate) has_errors: bool,
}

/// Lengths of the arenas of a [`Hir`].
#[derive(Clone, Copy)]
pub(super) struct Mark {
    exprs: usize,
    stats: usize,
    blocks: usize,
    methods: usize,
    numeric_fors: usize,
    generic_fors: usize,
    lists: usize,
    locals: usize,
    labels: usize,
}

impl Hir {
    /// A tree without functions, with capacity for this many nodes.
    pub(crate) fn with_capacity(exprs: usize, stats: usize) -> Hir {
        let mut hir = Hir { lists: vec![0], ..Hir::default() };
        hir.exprs.reserve_exact(exprs);
        hir.expr_spans.reserve_exact(exprs);
        hir.stats.reserve_exact(stats);
        hir.stat_spans.reserve_exact(stats);
        hir
    }

    /// Clears the tree and keeps its memory.
    pub(super) fn clear(&mut self) {
        self.functions.clear();
        self.exprs.clear();
        self.expr_spans.clear();
        self.stats.clear();
        self.stat_spans.clear();
        self.blocks.clear();
        self.methods.clear();
        self.numeric_fors.clear();
        self.generic_fors.clear();
        self.lists.clear();
        self.lists.push(0);
        self.locals.clear();
        self.labels.clear();
        self.hiding_globals.clear();
    }

    /// The current ends of the arenas, except that of the functions.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            exprs: self.exprs.len(),
            stats: self.stats.len(),
            blocks: self.blocks.len(),
            methods: self.methods.len(),
            numeric_fors: self.numeric_fors.len(),
            generic_fors: self.generic_fors.len(),
            lists: self.lists.len(),
            locals: self.locals.len(),
            labels: self.labels.len(),
        }
    }

    /// Gives back the memory of nodes that have been removed.
    pub(super) fn shrink(&mut self) {
        self.exprs.shrink_to_fit();
        self.expr_spans.shrink_to_fit();
        self.stats.shrink_to_fit();
        self.stat_spans.shrink_to_fit();
        self.blocks.shrink_to_fit();
        self.lists.shrink_to_fit();
    }

    /// The mark, but with the variables that there are now.
    pub(super) fn with_locals(&self, mark: Mark) -> Mark {
        Mark { locals: self.locals.len(), ..mark }
    }

    /// Removes the nodes added since `mark`.
    pub(super) fn truncate(&mut self, mark: Mark) {
        self.exprs.truncate(mark.exprs);
        self.expr_spans.truncate(mark.exprs);
        self.stats.truncate(mark.stats);
        self.stat_spans.truncate(mark.stats);
        self.blocks.truncate(mark.blocks);
        self.methods.truncate(mark.methods);
        self.numeric_fors.truncate(mark.numeric_fors);
        self.generic_fors.truncate(mark.generic_fors);
        self.lists.truncate(mark.lists);
        self.locals.truncate(mark.locals);
        self.labels.truncate(mark.labels);
    }

    #[inline]
    pub(crate) fn expr(&self, id: ExprId) -> Expr {
        self.exprs[id.index()]
    }

    #[inline]
    pub(crate) fn span(&self, id: ExprId) -> Span {
        self.expr_spans[id.index()]
    }

    #[inline]
    pub(crate) fn stat(&self, id: StatId) -> Stat {
        self.stats[id.index()]
    }

    #[inline]
    pub(crate) fn stat_span(&self, id: StatId) -> Span {
        self.stat_spans[id.index()]
    }

    #[inline]
    pub(crate) fn local(&self, id: LocalId) -> &Local {
        &self.locals[id.index()]
    }

    /// The items of a list.
    #[inline]
    pub(crate) fn list(&self, list: List) -> &[u32] {
        let start = list.index();
        &self.lists[start + 1..start + 1 + self.lists[start] as usize]
    }

    #[inline]
    pub(crate) fn block(&self, id: BlockId) -> Block {
        self.blocks[id.index()]
    }

    /// Adds an expression.
    pub(crate) fn add_expr(&mut self, expr: Expr, span: Span) -> ExprId {
        self.exprs.push(expr);
        self.expr_spans.push(span);
        ExprId(self.exprs.len() as u32 - 1)
    }

    /// Adds a statement.
    pub(crate) fn add_stat(&mut self, stat: Stat, span: Span) -> StatId {
        self.stats.push(stat);
        self.stat_spans.push(span);
        StatId(self.stats.len() as u32 - 1)
    }

    /// Adds a list.
    pub(crate) fn add_list(&mut self, items: &[u32]) -> List {
        if items.is_empty() {
            return List::EMPTY;
        }
        let at = self.lists.len() as u32;
        self.lists.push(items.len() as u32);
        self.lists.extend_from_slice(items);
        List(at)
    }
}

//! What a chunk says about its names, gathered in one walk (see `walk`): variables and what each
//! use of a name means, globals, labels, and unreachable code.

use std::collections::HashSet;

use crate::ast::{Attrib, BlockId, Chunk, ExprId, FuncId};
use crate::{Span, Sym};

/// No variable.
pub(crate) const NONE: u32 = u32::MAX;
/// A global name.
pub(crate) const GLOBAL: u32 = u32::MAX - 1;

/// How a variable is declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Local,
    /// `local function`
    Function,
    Param,
    Loop,
    /// The `self` of `function t:m()`.
    SelfParam,
}

/// A local variable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub name: Sym,
    pub span: Span,
    pub kind: Kind,
    pub attrib: Attrib,
    pub reads: u32,
    /// Reads inside the function that is declared as the variable.
    pub self_reads: u32,
    /// Assignments after the declaration.
    pub writes: u32,
    /// The function it was declared with: `local function f`, `local f = function`.
    pub func: Option<FuncId>,
    /// The value it is declared with.
    pub value: Option<ExprId>,
    /// It is declared without a value, or with fewer values than variables.
    pub is_nil: bool,
    /// It names a further result of a call, or caches a global of the same name:
    /// it may be unused.
    pub extra: bool,
    /// The next variable in the same declaration.
    pub next: Option<u32>,
    /// The variable of the same name it hides, and whether that is of the same block.
    pub hides: Option<u32>,
    pub same_block: bool,
}

/// How a global is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    Read,
    Write,
    /// `function name() … end`
    Define,
}

/// A use of a global.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GlobalUse {
    pub name: Sym,
    pub span: Span,
    pub how: Use,
    /// The function it is in; the main one is 0.
    pub func: u32,
}

/// A label.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    pub name: Sym,
    pub span: Span,
    pub func: u32,
    pub used: bool,
}

/// The result of the walk.
pub(crate) struct Facts {
    pub variables: Vec<Variable>,
    /// By expression: the variable a name refers to, [`GLOBAL`], or [`NONE`].
    meanings: Vec<u32>,
    pub globals: Vec<GlobalUse>,
    pub labels: Vec<Label>,
    /// Globals and fields that the program tests, so that they may be undefined.
    pub tested: HashSet<Sym>,
    /// Statements that control never reaches, the first one of each block.
    pub unreachable: Vec<Span>,
    /// Empty blocks: what they belong to and where they are.
    pub empty: Vec<BlockId>,
    /// Functions that have a `return` with values.
    pub with_results: HashSet<FuncId>,
    /// Functions whose end is reached.
    pub with_end: HashSet<FuncId>,
    /// The chunk has something in it the walk does not know: unused variables are unknown.
    pub incomplete: bool,
    /// The program defines names at run time: `setmetatable(_G, …)`, `_G[name] = …`, `_ENV = …`.
    pub dynamic: bool,
}

impl Facts {
    pub fn new(chunk: &Chunk) -> Facts {
        Facts {
            variables: Vec::new(),
            meanings: vec![NONE; chunk.exprs.len()],
            globals: Vec::new(),
            labels: Vec::new(),
            tested: HashSet::new(),
            unreachable: Vec::new(),
            empty: Vec::new(),
            with_results: HashSet::new(),
            with_end: HashSet::new(),
            incomplete: false,
            dynamic: false,
        }
    }

    pub fn set_meaning(&mut self, id: ExprId, meaning: u32) {
        self.meanings[id.index()] = meaning;
    }

    /// The index among the variables of the one an expression refers to.
    pub fn variable_index(&self, id: ExprId) -> Option<u32> {
        let meaning = self.meanings[id.index()];
        ((meaning as usize) < self.variables.len()).then_some(meaning)
    }

    /// The local variable an expression refers to.
    pub fn variable(&self, id: ExprId) -> Option<&Variable> {
        self.variables.get(self.meanings[id.index()] as usize)
    }

    /// Whether an expression is the name of a global.
    pub fn is_global(&self, id: ExprId) -> bool {
        self.meanings[id.index()] == GLOBAL
    }
}

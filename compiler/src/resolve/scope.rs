//! Functions, blocks and variables in scope, and the meaning of names.

use luka_bytecode::Span;

use super::Resolver;
use super::error;
use super::global::Globals;
use super::hir::{Expr, ExprId, FuncId, Local, LocalId, LocalKind, Upvalue};
use crate::Sym;

/// PUC Lua's limits (`MAXVARS` and `MAXUPVAL`).
const MAX_LOCALS: usize = 200;
const MAX_UPVALUES: usize = 255;

/// Stands for the `_ENV` outside of the main chunk where a variable's index is expected.
const OUTER_ENV: u32 = u32::MAX;

/// Stands for an open function where a variable is of the session, outside of every function.
pub(super) const OUTSIDE: u32 = u32::MAX;

/// No variable.
const NONE: u32 = u32::MAX;

/// A variable in scope.
pub(super) struct Var {
    pub name: Sym,
    pub local: LocalId,
    /// Index of its function among the open ones.
    func: u32,
    /// The variable of this name it hides.
    pub hidden: u32,
}

/// An open function.
pub(super) struct FuncState {
    pub id: FuncId,
    /// Index of its first variable, label, pending jump and block.
    pub first_var: usize,
    pub first_label: usize,
    first_block: usize,
    /// Registers its variables take.
    pub registers: u32,
    /// The variables its upvalues represent.
    captured: Vec<u32>,
    /// A limit of the function was passed, and reported.
    over_limit: bool,
    /// The expression of `_ENV` last made here, and the variable it was for.
    pub env: Option<(Option<LocalId>, ExprId)>,
}

/// An open block.
#[derive(Clone, Copy)]
pub(super) struct BlockState {
    pub first_var: usize,
    pub first_label: usize,
    pub first_jump: usize,
    pub registers: u32,
    /// A variable of the block is captured or to be closed.
    pub closes: bool,
}

/// Everything in scope.
#[derive(Default)]
pub(super) struct Scopes {
    pub funcs: Vec<FuncState>,
    pub blocks: Vec<BlockState>,
    pub vars: Vec<Var>,
    pub globals: Globals,
    /// By symbol: the variable a name refers to.
    by_name: Vec<u32>,
}

impl Scopes {
    /// The names in scope that are declared, local and global.
    pub(super) fn declared_names(&self) -> impl Iterator<Item = Sym> + '_ {
        self.globals.names().chain(self.vars.iter().map(|var| var.name))
    }

    /// The innermost variable or declaration of a name.
    pub(super) fn innermost(&self, name: Sym) -> u32 {
        self.by_name[name.raw() as usize]
    }

    /// Prepares for a chunk; `names`: how many symbols may name variables.
    pub fn prepare(&mut self, names: usize) {
        self.by_name.clear();
        self.by_name.resize(names, NONE);
        self.globals = Globals::default();
    }

    /// So many symbols may name variables by now.
    pub fn extend(&mut self, names: usize) {
        if self.by_name.len() < names {
            self.by_name.resize(names, NONE);
        }
    }
}

impl Resolver<'_> {
    pub(super) fn func(&mut self) -> &mut FuncState {
        let last = self.scopes.funcs.len() - 1;
        &mut self.scopes.funcs[last]
    }

    /// Opens a function.
    pub(super) fn enter_function(&mut self, id: FuncId) {
        let is_main = self.scopes.funcs.is_empty();
        let captured = if is_main { vec![OUTER_ENV] } else { Vec::new() };
        self.scopes.funcs.push(FuncState {
            id,
            first_var: self.scopes.vars.len(),
            first_label: self.jumps.labels.len(),
            first_block: self.scopes.blocks.len(),
            registers: 0,
            captured,
            over_limit: false,
            env: None,
        });
        self.enter_block();
    }

    pub(super) fn enter_block(&mut self) {
        let registers = self.func().registers;
        self.scopes.blocks.push(BlockState {
            first_var: self.scopes.vars.len(),
            first_label: self.jumps.labels.len(),
            first_jump: self.jumps.pending.len(),
            registers,
            closes: false,
        });
    }

    /// Takes the variables from index `first` on out of scope.
    pub(super) fn remove_vars(&mut self, first: usize, registers: u32) {
        for var in self.scopes.vars.drain(first..).rev() {
            self.scopes.by_name[var.name.raw() as usize] = var.hidden;
        }
        self.scopes.globals.remove(first);
        self.func().registers = registers;
    }

    /// Reports local variable number `declared` (from 1) beyond those in scope, at the token after
    /// `end`, if it exceeds the limit.
    pub(super) fn check_locals(&mut self, declared: usize, end: u32) {
        let first = self.func().first_var;
        let active = self.scopes.vars.len() - first - self.scopes.globals.count_from(first);
        if active + declared > MAX_LOCALS && !std::mem::replace(&mut self.func().over_limit, true) {
            let error = error::limit(self, self.func_line(), MAX_LOCALS, "local variables", end);
            self.report(error);
        }
    }

    /// Makes a variable that is not in scope yet; its register is decided when it is.
    pub(super) fn declare(&mut self, name: Sym, kind: LocalKind) -> LocalId {
        let local = Local { name, kind, register: 0, captured: false, value: Expr::Nil };
        self.hir.locals.push(local);
        LocalId(self.hir.locals.len() as u32 - 1)
    }

    /// Brings a declared variable into scope.
    pub(super) fn activate(&mut self, local: LocalId) {
        let func = self.scopes.funcs.len() as u32 - 1;
        let registers = self.func().registers;
        let info = &mut self.hir.locals[local.index()];
        let (name, kind) = (info.name, info.kind);
        if kind != LocalKind::Folded {
            info.register = registers.min(u8::MAX as u32) as u8;
            self.func().registers += 1;
        }
        if kind == LocalKind::ToClose
            && let Some(block) = self.scopes.blocks.last_mut()
        {
            block.closes = true;
        }
        self.push_var(name, local, func);
    }

    /// Brings a name into scope; returns the variable's index.
    pub(super) fn push_var(&mut self, name: Sym, local: LocalId, func: u32) -> u32 {
        let index = self.scopes.vars.len() as u32;
        let hidden = std::mem::replace(&mut self.scopes.by_name[name.raw() as usize], index);
        self.scopes.vars.push(Var { name, local, func, hidden });
        index
    }

    /// The meaning of a name. Error positions: `span` is the name's.
    pub(super) fn name(&mut self, name: Sym, span: Span) -> ExprId {
        let index = self.scopes.by_name[name.raw() as usize];
        if !self.scopes.globals.is_empty()
            && let Some(e) = self.declared_global(name, index, span)
        {
            return e;
        }
        if index != NONE || name == self.predefined.env {
            let e = self.variable(index, span);
            return self.hir.add_expr(e, span);
        }
        let env = self.env(span);
        self.hir.add_expr(Expr::Global { env, name }, span)
    }

    /// The `_ENV` in scope.
    pub(super) fn env(&mut self, span: Span) -> ExprId {
        let index = self.scopes.by_name[self.predefined.env.raw() as usize];
        let index = self.scopes.globals.local_behind(&self.scopes.vars, index);
        let local = self.scopes.vars.get(index as usize).map(|var| var.local);
        if let Some((known, id)) = self.func().env
            && known == local
        {
            return id;
        }
        let e = self.variable(index, span);
        let id = self.hir.add_expr(e, span);
        self.func().env = Some((local, id));
        id
    }

    /// A variable in scope, seen from the current function.
    pub(super) fn variable(&mut self, index: u32, span: Span) -> Expr {
        let here = self.scopes.funcs.len() - 1;
        let mut outer = 0;
        if let Some(var) = self.scopes.vars.get(index as usize) {
            let local = self.hir.local(var.local);
            if local.kind == LocalKind::Folded {
                return local.value;
            }
            if var.func as usize == here {
                return Expr::Local(var.local);
            }
            outer = if var.func == OUTSIDE { 0 } else { var.func as usize + 1 };
        }
        // Inner functions have it only if outer ones do: find the innermost that has it.
        let mut at = None;
        let mut first = outer;
        for func in (outer..=here).rev() {
            let captured = &self.scopes.funcs[func].captured;
            if let Some(found) = captured.iter().position(|&c| c == index) {
                at = Some(found as u8);
                first = func + 1;
                break;
            }
        }
        for func in first..=here {
            at = self.capture(func, index, at, span);
            if at.is_none() {
                return Expr::Error;
            }
        }
        at.map_or(Expr::Error, Expr::Upvalue)
    }

    /// Adds an upvalue to open function `func`: the variable itself if it is the enclosing
    /// function's, else that function's upvalue `of`. `None` if there are too many.
    fn capture(&mut self, func: usize, index: u32, of: Option<u8>, span: Span) -> Option<u8> {
        let at = self.scopes.funcs[func].captured.len();
        let id = self.scopes.funcs[func].id;
        if at >= MAX_UPVALUES {
            if !std::mem::replace(&mut self.scopes.funcs[func].over_limit, true) {
                let line = self.line_defined(func);
                let error = error::limit(self, line, MAX_UPVALUES, "upvalues", span.end);
                self.report(error);
            }
            return None;
        }
        let upvalue = match of {
            None if func == 0 => self.session_upvalue(index, at as u8),
            None => {
                let var = &self.scopes.vars[index as usize];
                let (name, local) = (var.name, var.local);
                self.close_block_of(func - 1, index);
                let info = &mut self.hir.locals[local.index()];
                info.captured = true;
                let kind = info.kind.upvalue_kind();
                Upvalue { name, in_stack: true, index: info.register, kind }
            }
            Some(of) => {
                let outer = self.scopes.funcs[func - 1].id;
                let outer = self.hir.functions[outer.index()].upvalues[of as usize];
                Upvalue { in_stack: false, index: of, ..outer }
            }
        };
        self.scopes.funcs[func].captured.push(index);
        self.hir.functions[id.index()].upvalues.push(upvalue);
        Some(at as u8)
    }

    /// Notes that the block of open function `func` that declares a variable must close it.
    fn close_block_of(&mut self, func: usize, index: u32) {
        let end = self.scopes.funcs.get(func + 1).map(|f| f.first_block);
        let end = end.unwrap_or(self.scopes.blocks.len());
        let blocks = &mut self.scopes.blocks[self.scopes.funcs[func].first_block..end];
        if let Some(block) = blocks.iter_mut().rev().find(|b| b.first_var <= index as usize) {
            block.closes = true;
        }
    }

    /// The line where open function `func` is defined; 0 for the main chunk.
    fn line_defined(&self, func: usize) -> u32 {
        match func {
            0 => 0,
            _ => {
                let id = self.scopes.funcs[func].id;
                self.source.line(self.hir.functions[id.index()].line_at)
            }
        }
    }

    /// The line where the current function is defined.
    fn func_line(&self) -> u32 {
        self.line_defined(self.scopes.funcs.len() - 1)
    }
}

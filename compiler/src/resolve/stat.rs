//! Walking statements.

use luka_bytecode::Span;

use super::Resolver;
use super::error;
use super::fold::is_constant;
use super::hir::{
    Block, BlockId, Expr, ExprId, GenericFor, GenericForId, List, LocalId, LocalKind, NumericFor,
    NumericForId, Stat, StatId,
};
use crate::Sym;
use crate::ast::{self, Attrib, Binding, Stmt};

impl Resolver<'_> {
    /// Resolves a block in a scope of its own.
    fn block(&mut self, id: ast::BlockId) -> BlockId {
        self.enter_block();
        let block = self.open_block(id);
        self.leave_block(None);
        block
    }

    /// Resolves the statements of a block; its scope is the caller's.
    pub(super) fn open_block(&mut self, id: ast::BlockId) -> BlockId {
        self.block_of(id, true)
    }

    /// `ends_scope`: the variables of the block end with it (not so in `repeat`).
    fn block_of(&mut self, id: ast::BlockId, ends_scope: bool) -> BlockId {
        let chunk = self.chunk;
        let block = chunk.block(id);
        let base = self.items.len();
        let mut stmts = chunk.list(block.stmts);
        while let Some(stmt) = stmts.next() {
            if let Stmt::Label { name, .. } = chunk.stmt(stmt) {
                let mut run: Vec<(Sym, Span)> = vec![(name, chunk.stmt_span(stmt))];
                while let Some(next) = stmts.clone().next()
                    && let Stmt::Label { name, .. } = chunk.stmt(next)
                {
                    run.push((name, chunk.stmt_span(next)));
                    stmts.next();
                }
                let last = ends_scope && stmts.len() == 0;
                for StatId(stat) in self.labels(&run, last) {
                    self.items.push(stat);
                }
            } else {
                let StatId(stat) = self.statement(stmt);
                self.items.push(stat);
            }
        }
        let stats = self.finish_list(base);
        self.add_block(stats, block.open_at, block.close_at)
    }

    fn add_block(&mut self, stats: List, open_at: u32, close_at: u32) -> BlockId {
        self.hir.blocks.push(Block { stats, open_at, close_at });
        BlockId(self.hir.blocks.len() as u32 - 1)
    }

    pub(super) fn statement(&mut self, id: ast::StmtId) -> StatId {
        let chunk = self.chunk;
        let span = chunk.stmt_span(id);
        let stat = match chunk.stmt(id) {
            // The last two are gone when the tree has been lowered.
            Stmt::Error | Stmt::Label { .. } | Stmt::Continue | Stmt::Ext(_) => Stat::Error,
            Stmt::Local { bindings, values } if self.declares_session_variables(bindings) => {
                self.session_locals(bindings, values)
            }
            Stmt::Local { bindings, values } => self.local(bindings, values),
            Stmt::LocalFunction { binding, func } if self.at_session_level() => {
                let binding = chunk.binding(binding);
                self.check_locals(1, binding.name_span.end);
                let target = self.session_local(binding);
                Stat::Function { target, func: self.function(func) }
            }
            Stmt::LocalFunction { binding, func } => {
                let binding = chunk.binding(binding);
                self.check_locals(1, binding.name_span.end);
                let kind = match binding.attrib {
                    Attrib::Const => LocalKind::Const,
                    _ => LocalKind::Regular,
                };
                let local = self.declare(binding.name, kind);
                self.activate(local);
                Stat::LocalFunction { local, func: self.function(func) }
            }
            Stmt::Function { target, func } => {
                let target = self.expr(target);
                let complete = chunk.func(func).complete;
                let func = self.function(func);
                // PUC stores the function after its `end`, which may never come.
                if complete {
                    self.check_assignable(target, span.end);
                }
                Stat::Function { target, func }
            }
            Stmt::Assign { targets, values } => {
                let base = self.items.len();
                for target in chunk.list(targets) {
                    let target = self.expr(target);
                    self.check_assignable(target, self.hir.span(target).end);
                    self.items.push(target.0);
                }
                let targets = self.finish_list(base);
                Stat::Assign { targets, values: self.exprs(values) }
            }
            Stmt::Compound { target, op, value } => {
                let target = self.expr(target);
                self.check_assignable(target, self.hir.span(target).end);
                Stat::Compound { target, op, value: self.expr(value) }
            }
            Stmt::Global { names, is_const } => {
                self.record_globals(names);
                self.declare_globals(names, is_const);
                Stat::Nothing
            }
            Stmt::Call(call) => Stat::Call(self.expr(call)),
            Stmt::Do(body) => Stat::Do(self.block(body)),
            Stmt::While { cond, body } => {
                let cond = self.expr(cond);
                let exit = self.add_label();
                self.enter_block();
                let body = self.block(body);
                self.leave_block(Some(exit));
                Stat::While { cond, body, exit }
            }
            Stmt::Repeat { body, cond } => {
                let exit = self.add_label();
                self.enter_block();
                self.enter_block();
                let body = self.block_of(body, false);
                let cond = self.expr(cond);
                self.leave_block(None);
                self.leave_block(Some(exit));
                Stat::Repeat { body, cond, exit }
            }
            Stmt::If { arms, otherwise } => {
                let base = self.items.len();
                for arm in chunk.list(arms) {
                    let arm = chunk.arm(arm);
                    let cond = self.expr(arm.cond);
                    let body = self.block(arm.body);
                    self.items.extend([cond.0, body.0]);
                }
                let arms = self.finish_list(base);
                Stat::If { arms, otherwise: otherwise.map(|body| self.block(body)) }
            }
            Stmt::NumericFor(node) => self.numeric_for(chunk.numeric_for(node)),
            Stmt::GenericFor(node) => self.generic_for(chunk.generic_for(node)),
            Stmt::Return(values) => Stat::Return(self.exprs(values)),
            Stmt::Break => return self.jump(None, span),
            Stmt::Goto(name) => return self.jump(Some(name), span),
        };
        self.hir.add_stat(stat, span)
    }

    /// `local` with attributes. The last variable has no register if it is `<const>` and its
    /// value is a constant.
    fn local(
        &mut self,
        bindings: ast::List<ast::BindingId>,
        values: ast::List<ast::ExprId>,
    ) -> Stat {
        let chunk = self.chunk;
        for (n, binding) in chunk.list(bindings).enumerate() {
            self.check_locals(n + 1, chunk.binding(binding).name_span.end);
        }
        let base = self.items.len();
        let values = self.exprs(values);
        debug_assert_eq!(base, self.items.len());
        self.declare_locals(chunk.list(bindings).map(|binding| chunk.binding(binding)), values)
    }

    /// Declares the variables of a `local` and brings them into scope.
    pub(super) fn declare_locals(
        &mut self,
        bindings: impl ExactSizeIterator<Item = Binding>,
        values: List,
    ) -> Stat {
        let first = LocalId(self.hir.locals.len() as u32);
        let given = self.hir.list(values).len() as u32;
        let count = bindings.len() as u32;
        for (n, binding) in bindings.enumerate() {
            let mut kind = match binding.attrib {
                Attrib::None => LocalKind::Regular,
                Attrib::Const => LocalKind::Const,
                Attrib::Close => LocalKind::ToClose,
            };
            let last = n as u32 + 1 == count && given == count;
            let value = self.hir.list(values).last().map(|&v| self.hir.expr(ExprId(v)));
            let value = value.filter(|&v| last && kind == LocalKind::Const && is_constant(v));
            if value.is_some() {
                kind = LocalKind::Folded;
            }
            let local = self.declare(binding.name, kind);
            self.hir.locals[local.index()].value = value.unwrap_or(Expr::Nil);
        }
        self.activate_all(first, count);
        Stat::Local { first, count, values }
    }

    fn activate_all(&mut self, first: LocalId, count: u32) {
        for n in 0..count {
            self.activate(LocalId(first.0 + n));
        }
    }

    /// Reports an assignment to `target`, checked at the token after `end`, if it is a variable
    /// that cannot change.
    pub(super) fn check_assignable(&mut self, target: ExprId, end: u32) {
        let span = self.hir.span(target);
        let name = match self.hir.expr(target) {
            Expr::Local(local) => {
                let local = self.hir.local(local);
                if local.kind == LocalKind::Regular {
                    return;
                }
                local.name
            }
            Expr::Upvalue(index) => {
                let func = self.func().id;
                let upvalue = self.hir.functions[func.index()].upvalues[index as usize];
                if upvalue.kind == luka_bytecode::UpvalueKind::Regular {
                    return;
                }
                upvalue.name
            }
            Expr::Global { name, .. } if self.scopes.globals.is_const(target) => name,
            // A folded constant has been replaced by its value: its name is the token there.
            value if is_constant(value) => {
                let index = self.tokens.index_at_or_after(span.start);
                match self.tokens.tokens.get(index) {
                    Some(token) if token.kind == crate::lex::TokenKind::Name => token.sym(),
                    Some(_) => return,
                    // In `resolve_each`, where the predefined do not count.
                    None => self.predefined.env,
                }
            }
            _ => return,
        };
        let error = error::assign_to_const(self, name, span, end);
        self.report(error);
    }

    fn numeric_for(&mut self, node: ast::NumericFor) -> Stat {
        let var = self.chunk.binding(node.var);
        self.enter_block();
        self.check_locals(4, var.name_span.end);
        let start = self.expr(node.start);
        let limit = self.expr(node.limit);
        let step = node.step.map(|step| self.expr(step));
        let first = self.hidden(3);
        self.declare(var.name, LocalKind::Regular);
        self.activate_all(first, 3);
        let exit = self.add_label();
        let body = self.loop_body(LocalId(first.0 + 3), 1, node.body);
        self.leave_block(Some(exit));
        self.hir.numeric_fors.push(NumericFor { first, start, limit, step, body, exit });
        Stat::NumericFor(NumericForId(self.hir.numeric_fors.len() as u32 - 1))
    }

    fn generic_for(&mut self, node: ast::GenericFor) -> Stat {
        let chunk = self.chunk;
        self.enter_block();
        for (n, var) in chunk.list(node.vars).enumerate() {
            self.check_locals(5 + n, chunk.binding(var).name_span.end);
        }
        let values = self.exprs(node.values);
        let first = self.hidden(4);
        self.hir.locals[first.index() + 3].kind = LocalKind::ToClose;
        for var in chunk.list(node.vars) {
            self.declare(chunk.binding(var).name, LocalKind::Regular);
        }
        let count = chunk.list_len(node.vars) as u32;
        self.activate_all(first, 4);
        let exit = self.add_label();
        let body = self.loop_body(LocalId(first.0 + 4), count, node.body);
        self.leave_block(Some(exit));
        let line_at = node.line_at;
        self.hir.generic_fors.push(GenericFor { first, count, values, body, exit, line_at });
        Stat::GenericFor(GenericForId(self.hir.generic_fors.len() as u32 - 1))
    }

    /// Declares hidden loop variables.
    fn hidden(&mut self, count: u32) -> LocalId {
        let first = LocalId(self.hir.locals.len() as u32);
        for _ in 0..count {
            self.declare(self.predefined.for_state, LocalKind::Regular);
        }
        first
    }

    /// The body of a `for`, inside the scope of its visible variables.
    fn loop_body(&mut self, first: LocalId, count: u32, body: ast::BlockId) -> BlockId {
        self.enter_block();
        self.activate_all(first, count);
        let body = self.block(body);
        self.leave_block(None);
        body
    }
}

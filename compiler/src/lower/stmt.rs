//! Statements: the walk over a block, and the shorter constructs.

use super::{Builtin, Lower};
use crate::Sym;
use crate::ast::ext::ExtStmt;
use crate::ast::{BinOp, BindingId, Expr, ExprId, FuncId, List, Stmt, StmtId};

impl Lower<'_> {
    /// Appends the lowered form of a statement.
    pub(super) fn statement(&mut self, id: StmtId, out: &mut Vec<StmtId>) {
        self.at = self.chunk.stmt_span(id);
        match self.chunk.stmt(id) {
            Stmt::Do(body) => self.block(body),
            Stmt::While { body, .. } => self.loop_body(body, Vec::new()),
            Stmt::Repeat { body, cond } => self.repeat(body, cond),
            Stmt::If { arms, otherwise } => {
                let arms: Vec<_> = self.chunk.list(arms).collect();
                for arm in arms {
                    self.block(self.chunk.arm(arm).body);
                }
                if let Some(body) = otherwise {
                    self.block(body);
                }
            }
            Stmt::NumericFor(node) => {
                self.loop_body(self.chunk.numeric_for(node).body, Vec::new());
            }
            Stmt::GenericFor(node) => {
                let node = self.chunk.generic_for(node);
                let mut prologue = Vec::new();
                let vars: Vec<BindingId> = self.chunk.list(node.vars).collect();
                for var in vars {
                    self.at = self.chunk.binding(var).name_span;
                    if let Some(pattern) = self.hide_pattern(var) {
                        let name = self.chunk.binding(var).name;
                        self.destructure(pattern, name, &mut prologue);
                    }
                }
                self.loop_body(node.body, prologue);
            }
            Stmt::Return(values) if self.frames.len() > 1 => {
                return self.return_statement(values, out);
            }
            Stmt::Break if self.frames.len() > 1 => return self.break_statement(out),
            Stmt::Goto(name) if self.frames.len() > 1 => return self.goto_statement(name, out),
            Stmt::Continue => return self.continue_statement(out),
            Stmt::Assign { targets, .. } => {
                let targets: Vec<ExprId> = self.chunk.list(targets).collect();
                let optional =
                    targets.iter().find(|&&t| matches!(self.chunk.expr(t), Expr::Optional(_)));
                if let Some(&target) = optional {
                    if targets.len() > 1 {
                        return self.optional_target(self.chunk.expr_span(target));
                    }
                    return self.optional_assignment(id, target, out);
                }
            }
            Stmt::Compound { target, .. } => {
                if let Expr::Optional(_) = self.chunk.expr(target) {
                    return self.optional_assignment(id, target, out);
                }
            }
            Stmt::Ext(ext) => {
                let all = self.ext;
                return self.extension(&all.stmts[ext.index()], out);
            }
            _ => {}
        }
        out.push(id);
    }

    fn extension(&mut self, stmt: &ExtStmt, out: &mut Vec<StmtId>) {
        match stmt {
            ExtStmt::Local { targets, values } => self.local_targets(targets, *values, out),
            ExtStmt::If { arms, otherwise } => self.if_local(arms, *otherwise, out),
            ExtStmt::While { cond, body } => self.while_local(*cond, *body, out),
            &ExtStmt::Global { names, values, is_const } => {
                self.global(names, values, is_const, out);
            }
            &ExtStmt::GlobalFunction { binding, func } => {
                self.global_function(binding, func, out);
            }
            ExtStmt::Type { .. } => {}
            ExtStmt::Match(node) => self.match_statement(node, out),
            &ExtStmt::DeferCall { call, uses_vararg } => self.defer_call(call, uses_vararg, out),
            &ExtStmt::DeferBlock { body, uses_vararg } => self.defer_block(body, uses_vararg, out),
            &ExtStmt::Try(node) => self.try_statement(node, out),
        }
    }

    /// `a?.b = v` is `do local o = a; if o ~= nil then o.b = v end end`. `stmt` assigns to the
    /// chain `target`.
    fn optional_assignment(&mut self, stmt: StmtId, target: ExprId, out: &mut Vec<StmtId>) {
        let Expr::Optional(inner) = self.chunk.expr(target) else { return };
        let mut link = inner;
        let object = loop {
            link = match self.chunk.expr(link) {
                Expr::OptionalLink(object) => break object,
                Expr::Field { object, .. } | Expr::Index { object, .. } => object,
                Expr::Call { callee, .. } => callee,
                Expr::MethodCall(call) => self.chunk.method_call(call).object,
                _ => return out.push(stmt),
            };
        };
        let value = if self.has_link(object) { self.add(Expr::Optional(object)) } else { object };
        let name = self.hidden("value");
        let declaration = self.local(&[name], &[value]);
        self.chunk.exprs[link.index()] = Expr::Name(name);
        self.chunk.exprs[target.index()] = self.chunk.expr(inner);
        let (subject, nil) = (self.name(name), self.add(Expr::Nil));
        let present = self.binary(BinOp::Ne, subject, nil);
        let decision = self.if_then(present, &[stmt]);
        out.push(self.do_block(&[declaration, decision]));
    }

    /// Does the suffixed expression contain a `?.`?
    fn has_link(&self, id: ExprId) -> bool {
        let mut at = id;
        loop {
            at = match self.chunk.expr(at) {
                Expr::OptionalLink(_) => return true,
                Expr::Field { object, .. } | Expr::Index { object, .. } => object,
                Expr::Call { callee, .. } => callee,
                Expr::MethodCall(call) => self.chunk.method_call(call).object,
                _ => return false,
            };
        }
    }

    /// `global names = values`: the values first, then each variable, which must be nil.
    fn global(
        &mut self,
        names: List<BindingId>,
        values: List<ExprId>,
        is_const: bool,
        out: &mut Vec<StmtId>,
    ) {
        let declaration = self.stmt(Stmt::Global { names, is_const });
        if values.is_empty() {
            return out.push(declaration);
        }
        let declared: Vec<BindingId> = self.chunk.list(names).collect();
        let hidden: Vec<Sym> = declared.iter().map(|_| self.hidden("value")).collect();
        let mut bindings = Vec::new();
        for &name in &hidden {
            bindings.push(self.binding(name, crate::ast::Attrib::None));
        }
        let mut stmts = vec![self.local_of(&bindings, values)];
        for (&binding, &value) in declared.iter().zip(&hidden).rev() {
            let name = self.chunk.binding(binding).name;
            self.define_global(name, value, &mut stmts);
        }
        out.push(self.do_block(&stmts));
        out.push(declaration);
    }

    /// `global function name … end`
    fn global_function(&mut self, binding: BindingId, func: FuncId, out: &mut Vec<StmtId>) {
        let names = self.chunk.add_list_of_one(binding);
        out.push(self.stmt(Stmt::Global { names, is_const: false }));
        let function = self.add(Expr::Function(func));
        let hidden = self.hidden("value");
        let mut stmts = vec![self.local(&[hidden], &[function])];
        let name = self.chunk.binding(binding).name;
        self.define_global(name, hidden, &mut stmts);
        out.push(self.do_block(&stmts));
    }

    /// `if _ENV.name ~= nil then error("global 'name' already defined") end _ENV.name = value`
    fn define_global(&mut self, name: Sym, value: Sym, out: &mut Vec<StmtId>) {
        let text = format!("global '{}' already defined", self.names.text(name));
        let text = self.text(&text);
        let raise = self.call(Builtin::Error, &[text]);
        let raise = self.stmt(Stmt::Call(raise));
        let place = self.global_target(name);
        let nil = self.add(Expr::Nil);
        let defined = self.binary(BinOp::Ne, place, nil);
        out.push(self.if_then(defined, &[raise]));
        let place = self.global_target(name);
        let value = self.name(value);
        out.push(self.assign(place, value));
    }

    fn global_target(&mut self, name: Sym) -> ExprId {
        let env = self.names.intern_str("_ENV");
        let env = self.name(env);
        self.field(env, name)
    }
}

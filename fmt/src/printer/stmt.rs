//! Statements.

use luka_compiler::ast::ext::{Condition, ExtStmt, IfLocalArm, Match, Target, Try};
use luka_compiler::ast::{BindingId, BlockId, Expr, ExprId, List, Stmt, StmtId};
use luka_compiler::lex::TokenKind as T;

use super::Printer;
use super::block::Body;
use crate::doc::{Cmd, Group};

/// An arm of an `if`: what is tested, and the block.
type Arm = (Condition, BlockId);

impl Printer<'_> {
    /// A statement.
    pub(super) fn stmt(&mut self, id: StmtId) {
        let start = self.chunk.stmt_span(id).start;
        match self.chunk.stmt(id) {
            Stmt::Error => self.fail("a statement"),
            Stmt::Local { bindings, values } => {
                self.token(); // local, const
                self.space();
                self.attribute_and_blank();
                self.bindings(bindings);
                self.initial_values(values);
            }
            Stmt::LocalFunction { func, .. } => {
                self.token();
                self.space();
                self.function(func, true);
            }
            Stmt::Function { func, .. } => self.function(func, true),
            Stmt::Assign { targets, values } => {
                let targets: Vec<ExprId> = self.chunk.list(targets).collect();
                self.comma_separated(&targets);
                self.initial_values(values);
            }
            Stmt::Compound { target, value, .. } => {
                self.expr(target);
                self.space();
                self.token();
                self.value(value);
            }
            Stmt::Call(call) => self.expr(call),
            Stmt::Do(body) => self.with_body(start, body, |p| p.tok(T::Do)),
            Stmt::While { cond, body } => self.while_loop(start, Condition::Expr(cond), body),
            Stmt::Repeat { body, cond } => {
                let one_liner = self.is_one_liner(start, body);
                self.open(Group::Plain);
                self.tok(T::Repeat);
                self.body(body, Body::of(one_liner));
                self.tok(T::Until);
                self.space();
                self.expr(cond);
                self.close();
            }
            Stmt::If { arms, otherwise } => {
                let arms: Vec<Arm> = self
                    .chunk
                    .list(arms)
                    .map(|arm| self.chunk.arm(arm))
                    .map(|arm| (Condition::Expr(arm.cond), arm.body))
                    .collect();
                self.if_statement(start, &arms, otherwise);
            }
            Stmt::NumericFor(id) => {
                let node = self.chunk.numeric_for(id);
                self.with_body(start, node.body, |p| {
                    p.tok(T::For);
                    p.space();
                    p.binding(node.var);
                    p.equals();
                    let parts = [Some(node.start), Some(node.limit), node.step];
                    p.comma_separated(&parts.into_iter().flatten().collect::<Vec<_>>());
                    p.space();
                    p.tok(T::Do);
                });
            }
            Stmt::GenericFor(id) => {
                let node = self.chunk.generic_for(id);
                self.with_body(start, node.body, |p| {
                    p.tok(T::For);
                    p.space();
                    p.bindings(node.vars);
                    p.space();
                    p.tok(T::In);
                    p.values(node.values);
                    p.space();
                    p.tok(T::Do);
                });
            }
            Stmt::Return(values) => {
                self.tok(T::Return);
                self.values(values);
            }
            Stmt::Break | Stmt::Continue => self.token(),
            Stmt::Goto(_) => {
                self.tok(T::Goto);
                self.space();
                self.tok(T::Name);
            }
            Stmt::Label { .. } => {
                self.tok(T::ColonColon);
                self.tok(T::Name);
                self.tok(T::ColonColon);
            }
            Stmt::Global { names, .. } => self.global(names, List::EMPTY),
            Stmt::Ext(id) => {
                let chunk = self.chunk;
                match chunk.ext.as_ref().and_then(|ext| ext.stmts.get(id.index())) {
                    Some(stmt) => self.extension(start, stmt),
                    None => self.fail("a statement"),
                }
            }
        }
    }

    fn extension(&mut self, start: u32, stmt: &ExtStmt) {
        match stmt {
            ExtStmt::Local { targets, values } => {
                self.tok(T::Local);
                self.space();
                self.attribute_and_blank();
                for (n, target) in targets.iter().enumerate() {
                    if n > 0 {
                        self.tok(T::Comma);
                        self.space();
                    }
                    match *target {
                        Target::Name(binding) => self.binding(binding),
                        Target::Pattern(pattern) => {
                            self.pattern(pattern);
                            self.annotation();
                        }
                    }
                }
                self.initial_values(*values);
            }
            ExtStmt::If { arms, otherwise } => {
                let arms: Vec<Arm> =
                    arms.iter().map(|arm: &IfLocalArm| (arm.cond, arm.body)).collect();
                self.if_statement(start, &arms, *otherwise);
            }
            ExtStmt::While { cond, body } => self.while_loop(start, *cond, *body),
            ExtStmt::Global { names, values, .. } => self.global(*names, *values),
            ExtStmt::GlobalFunction { func, .. } => {
                self.tok(T::Name);
                self.space();
                self.function(*func, true);
            }
            ExtStmt::Type { exported, .. } => {
                if *exported {
                    self.tok(T::Name);
                    self.space();
                }
                self.tok(T::Name);
                self.space();
                self.tok(T::Name);
                if self.kind() == T::Less {
                    self.generics();
                }
                self.equals();
                self.ty();
            }
            ExtStmt::Match(node) => self.match_statement(node),
            ExtStmt::DeferCall { call, .. } => {
                self.tok(T::Name);
                self.space();
                self.expr(*call);
            }
            ExtStmt::DeferBlock { body, .. } => self.with_body(start, *body, |p| {
                p.tok(T::Name);
                p.space();
                p.tok(T::Do);
            }),
            ExtStmt::Try(node) => self.try_statement(node),
        }
    }

    /// A statement that is a head, a block and `end`.
    fn with_body(&mut self, start: u32, body: BlockId, head: impl FnOnce(&mut Self)) {
        let one_liner = self.is_one_liner(start, body);
        self.open(Group::Plain);
        head(self);
        self.body(body, Body::of(one_liner));
        self.tok(T::End);
        self.close();
    }

    fn while_loop(&mut self, start: u32, cond: Condition, body: BlockId) {
        self.with_body(start, body, |p| {
            p.tok(T::While);
            p.space();
            p.condition(cond, T::Do);
        });
    }

    fn if_statement(&mut self, start: u32, arms: &[Arm], otherwise: Option<BlockId>) {
        let is_alone = otherwise.is_none() && arms.len() == 1;
        let one_liner = is_alone && self.is_one_liner(start, arms[0].1);
        let layout = if is_alone { Body::of(one_liner) } else { Body::Part };
        self.open(Group::Plain);
        for &(cond, body) in arms {
            self.token(); // if, elseif
            self.space();
            self.condition(cond, T::Then);
            self.body(body, layout);
        }
        if let Some(body) = otherwise {
            self.tok(T::Else);
            self.body(body, Body::Part);
        }
        self.tok(T::End);
        self.close();
    }

    /// A condition and the `then` or `do` behind it, which gets a line of its own if the condition
    /// does not fit.
    fn condition(&mut self, cond: Condition, word: T) {
        match cond {
            Condition::Local { bindings, values } => {
                self.tok(T::Local);
                self.space();
                self.bindings(bindings);
                self.initial_values(values);
                self.space();
                self.tok(word);
            }
            Condition::Expr(id) if !matches!(self.chunk.expr(id), Expr::Binary { .. }) => {
                self.expr(id);
                self.space();
                self.tok(word);
            }
            Condition::Expr(id) => {
                self.open(Group::Plain);
                self.indent();
                self.operands(id);
                self.dedent();
                self.line();
                self.tok(word);
                self.close();
            }
        }
    }

    /// `= values`, if there are any.
    fn initial_values(&mut self, values: List<ExprId>) {
        if self.chunk.list_len(values) > 0 {
            self.equals();
            self.values(values);
        }
    }

    /// A blank and values with commas between them, if there are any. Several values that do not fit
    /// on the line start one of their own, except behind a `return`.
    fn values(&mut self, values: List<ExprId>) {
        let returned = self.at > 0 && self.tokens.tokens[self.at - 1].kind == T::Return;
        let values: Vec<ExprId> = self.chunk.list(values).collect();
        let hugs = values.last().is_some_and(|&last| self.hugs(last));
        match values.as_slice() {
            [] => {}
            [only] => self.value(*only),
            values if returned || hugs => {
                self.space();
                self.value_lines(values, if hugs { Group::Hug } else { Group::Plain });
            }
            values => {
                self.cmd(Cmd::Open(Group::Plain));
                self.indent();
                self.line();
                self.value_lines(values, Group::Plain);
                self.dedent();
                self.close();
            }
        }
    }

    fn value_lines(&mut self, values: &[ExprId], group: Group) {
        self.open(group);
        self.indent();
        for (n, &value) in values.iter().enumerate() {
            if n > 0 {
                self.tok(T::Comma);
                self.line();
            }
            self.expr(value);
        }
        self.dedent();
        self.close();
    }

    /// A blank and a value, which starts a line of its own if it does not fit and cannot be broken.
    fn value(&mut self, value: ExprId) {
        if self.is_path_or_literal(value) {
            self.cmd(Cmd::Open(Group::Plain));
            self.indent();
            self.line();
            self.expr(value);
            self.dedent();
            self.close();
        } else {
            self.space();
            self.expr(value);
        }
    }

    fn comma_separated(&mut self, exprs: &[ExprId]) {
        for (n, &expr) in exprs.iter().enumerate() {
            if n > 0 {
                self.tok(T::Comma);
                self.space();
            }
            self.expr(expr);
        }
    }

    /// Names or patterns with commas between them.
    fn bindings(&mut self, bindings: List<BindingId>) {
        let bindings: Vec<BindingId> = self.chunk.list(bindings).collect();
        for (n, &binding) in bindings.iter().enumerate() {
            if n > 0 {
                self.tok(T::Comma);
                self.space();
            }
            self.binding(binding);
        }
    }

    /// A name or a pattern, with its attribute and its type.
    pub(super) fn binding(&mut self, id: BindingId) {
        match self.patterns.get(&id.index()) {
            Some(&pattern) => self.pattern(pattern),
            None => self.tok(T::Name),
        }
        if self.kind() == T::Less {
            self.space();
            self.attribute();
        }
        self.annotation();
    }

    /// `<const>` before the names it applies to.
    fn attribute_and_blank(&mut self) {
        if self.kind() == T::Less {
            self.attribute();
            self.space();
        }
    }

    fn attribute(&mut self) {
        self.tok(T::Less);
        self.tok(T::Name);
        self.tok(T::Greater);
    }

    fn global(&mut self, names: List<BindingId>, values: List<ExprId>) {
        self.tok(T::Name);
        self.space();
        self.attribute_and_blank();
        if self.kind() == T::Star {
            self.token();
        } else {
            self.bindings(names);
        }
        self.initial_values(values);
    }

    fn match_statement(&mut self, node: &Match) {
        self.tok(T::Name);
        self.space();
        self.expr(node.subject);
        self.space();
        self.tok(T::Do);
        self.indent();
        self.hard();
        self.first = true;
        for (n, arm) in node.arms.iter().enumerate() {
            if n > 0 {
                self.hard_as_written();
            }
            let one_liner = self.is_one_line_arm(arm.at, arm.body);
            self.open(Group::Plain);
            self.tok(T::Name); // case
            self.space();
            self.pattern(arm.pattern);
            if let Some(guard) = arm.guard {
                self.space();
                self.tok(T::If);
                self.space();
                self.expr(guard);
            }
            self.space();
            self.tok(T::Then);
            self.arm_body(arm.body, one_liner);
            self.close();
        }
        if let Some(body) = node.otherwise {
            self.hard_as_written();
            let one_liner = self.is_one_line_arm(self.span().start, body);
            self.open(Group::Plain);
            self.tok(T::Else);
            self.arm_body(body, one_liner);
            self.close();
        }
        self.comments_before_closer();
        self.dedent();
        self.hard();
        self.tok(T::End);
    }

    /// The block of an arm, which has no closing token of its own.
    fn arm_body(&mut self, block: BlockId, one_liner: bool) {
        if self.chunk.list_len(self.chunk.block(block).stmts) == 0 {
            return;
        }
        self.indent();
        if one_liner {
            self.line()
        } else {
            self.hard()
        }
        self.statement_list(block);
        self.dedent();
    }

    fn try_statement(&mut self, node: &Try) {
        self.tok(T::Name);
        self.space();
        self.tok(T::Do);
        self.body(node.body, Body::Part);
        if let Some((binding, body)) = node.catch {
            self.tok(T::Name);
            self.space();
            self.binding(binding);
            self.space();
            self.tok(T::Then);
            self.body(body, Body::Part);
        }
        if let Some(body) = node.finally {
            self.tok(T::Name);
            self.space();
            self.tok(T::Do);
            self.body(body, Body::Part);
        }
        self.tok(T::End);
    }
}

//! Functions, blocks and statements, loops aside.

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::code::OpenReturn;
use super::exp::{Exp, Kind};
use super::jumps::JumpList;
use crate::resolve::hir::{BlockId, ExprId, FuncId, List, LocalKind, Stat, StatId};

impl Emitter<'_> {
    /// Emits the body of the function and its final return.
    pub fn body(&mut self) {
        let hir = self.hir;
        let body = hir.block(hir.functions[self.function.index()].body);
        let base = self.begin_body(body.open_at);
        self.statements(body.stats);
        self.end_body(base, body.close_at);
    }

    /// What stands before the first statement. Returns what [`Emitter::end_body`] takes.
    pub fn begin_body(&mut self, open_at: u32) -> usize {
        let function = &self.hir.functions[self.function.index()];
        let is_main = self.function == FuncId(0);
        let base = self.scopes.enter();
        self.activate(function.first_param, function.num_params as u32);
        let before_body = if is_main { 0 } else { self.positions.end_of_token_before(open_at) };
        self.at(before_body);
        if function.is_vararg {
            self.emit(Instr::abc(Op::VarargPrep, 0, 0, 0), Span::NONE);
        }
        self.reserve(function.num_params as u32);
        base
    }

    /// The final return; the token behind the body is at `close_at`.
    pub fn end_body(&mut self, base: usize, close_at: u32) {
        let end_at = self.hir.functions[self.function.index()].end_at;
        let end = match self.function {
            FuncId(0) => self.positions.end_of_token_before(close_at),
            _ => self.positions.end_of_token_at(end_at),
        };
        self.at(end);
        let span = Span::new(end_at, end.max(end_at));
        self.emit_return(self.var_top() as u16, Some(0), span);
        self.close_returns();
        self.leave(base, None, true, span);
    }

    fn statements(&mut self, list: List) {
        let hir = self.hir;
        for &id in hir.list(list) {
            self.statement(StatId(id));
        }
    }

    /// Emits a block in a scope of its own.
    pub fn block(&mut self, id: BlockId) {
        let base = self.scopes.enter();
        self.open_block(id);
        self.leave(base, None, false, self.closing(id));
    }

    /// Emits the statements of a block; its scope is the caller's.
    pub fn open_block(&mut self, id: BlockId) {
        let block = self.hir.block(id);
        self.statements(block.stats);
        let last = self.positions.end_of_token_before(block.close_at);
        self.at(last);
    }

    /// The span of the instructions emitted at the end of a block.
    pub fn closing(&self, id: BlockId) -> Span {
        let at = self.hir.block(id).close_at;
        Span::new(at, at)
    }

    pub fn statement(&mut self, id: StatId) {
        let span = self.hir.stat_span(id);
        match self.hir.stat(id) {
            Stat::Error | Stat::Nothing => {}
            Stat::Compound { target, op, value } => self.compound(target, op, value, span),
            Stat::Local { first, count, values } => {
                let locals = first.0 as usize..(first.0 + count) as usize;
                let folded = self.hir.locals[locals.clone()].last();
                let folded = folded.is_some_and(|l| l.kind == LocalKind::Folded);
                let (n, mut last) = self.expr_list(values);
                if values == List::EMPTY {
                    self.at(span.end);
                }
                if !folded {
                    self.adjust(count, n, &mut last, span);
                }
                self.activate(first, count);
                let mut declared = self.hir.locals[locals].iter();
                if let Some(local) = declared.find(|l| l.kind == LocalKind::ToClose) {
                    self.emit(Instr::abc(Op::Tbc, local.register as u16, 0, 0), span);
                }
            }
            Stat::LocalFunction { local, func } => {
                self.activate(local, 1);
                self.closure(func, span);
                self.start_last_variable_here();
            }
            Stat::Function { target, func } => {
                let target = self.expr(target);
                let mut e = self.closure(func, span);
                // A line hook sees the last line, where the closure is made, then the first.
                self.store(&target, &mut e);
                self.fix_line(span.start + 1);
            }
            Stat::Assign { targets, values } => self.assignment(targets, values),
            Stat::Call(call) => {
                let e = self.expr(call);
                if let Kind::Call(pc) = e.kind {
                    self.instr_mut(pc).c = 1;
                }
            }
            Stat::Do(body) => self.block(body),
            Stat::While { cond, body, exit } => self.while_loop(cond, body, exit, span),
            Stat::Repeat { body, cond, exit } => self.repeat_loop(body, cond, exit, span),
            Stat::If { arms, otherwise } => self.if_statement(arms, otherwise),
            Stat::NumericFor(node) => self.numeric_for(node, span),
            Stat::GenericFor(node) => self.generic_for(node, span),
            Stat::Return(values) => self.return_statement(values, span),
            Stat::Break(label) | Stat::Forward(label) => {
                self.at(span.end);
                let pc = self.emit_jump(span);
                let jump = self.one_jump(pc);
                self.jumps_to_label(label, jump);
            }
            Stat::Backward(label) => {
                self.at(span.end);
                self.jump_back(label, span);
            }
            Stat::Label(label) => {
                self.at(span.end);
                self.define_label(label, span);
            }
        }
        self.f.free = self.var_top();
    }

    /// Fits `n` emitted values, `last` the last of them, to `wanted` registers.
    pub fn adjust(&mut self, wanted: u32, n: u32, last: &mut Exp, span: Span) {
        let missing = wanted as i64 - n as i64;
        if last.is_multi() {
            self.set_returns(last, Some((missing + 1).max(0) as u32));
        } else {
            if last.kind != Kind::Void {
                self.to_next_reg(last);
            }
            if missing > 0 {
                self.emit_nil(self.f.free, missing as u32, span);
            }
        }
        if missing > 0 {
            self.reserve(missing as u32);
        } else {
            self.f.free = self.f.free.saturating_sub(-missing as u32);
        }
    }

    fn assignment(&mut self, targets: List, values: List) {
        let hir = self.hir;
        let base = self.targets.len();
        for &target in hir.list(targets) {
            self.target(base, ExprId(target));
        }
        self.assign(base, values);
    }

    /// Adds a target to those of an assignment, which begin at `base`.
    pub fn target(&mut self, base: usize, target: ExprId) {
        let e = self.expr(target);
        if self.targets.len() > base && !e.is_indexed() {
            self.avoid_conflict(base, &e);
        }
        self.targets.push(e);
    }

    /// Assigns the values to the targets from `base` on.
    pub fn assign(&mut self, base: usize, values: List) {
        let wanted = (self.targets.len() - base) as u32;
        let (n, mut last) = self.expr_list(values);
        if n == wanted {
            self.set_one_return(&mut last);
            if let Some(target) = self.targets.pop() {
                self.store(&target, &mut last);
            }
        } else {
            let span = last.span;
            self.adjust(wanted, n, &mut last, span);
        }
        while self.targets.len() > base
            && let Some(target) = self.targets.pop()
        {
            let top = self.f.free.saturating_sub(1) as u16;
            self.store(&target, &mut Exp::new(Kind::Reg(top), last.span));
        }
    }

    /// Assigning to the variable `e` must not change what earlier targets of the same assignment
    /// index: those use a copy of it.
    fn avoid_conflict(&mut self, base: usize, e: &Exp) {
        let copy = self.f.free as u16;
        let mut conflict = false;
        for target in &mut self.targets[base..] {
            match (&mut target.kind, e.kind) {
                (&mut Kind::IndexedUp { table, key }, Kind::Upvalue(up)) if table == up => {
                    target.kind = Kind::IndexedStr { table: copy, key };
                    conflict = true;
                }
                (
                    Kind::IndexedInt { table, .. } | Kind::IndexedStr { table, .. },
                    Kind::Local(reg),
                ) if *table == reg => {
                    *table = copy;
                    conflict = true;
                }
                (Kind::Indexed { table, key }, Kind::Local(reg)) => {
                    for used in [table, key] {
                        if *used == reg {
                            *used = copy;
                            conflict = true;
                        }
                    }
                }
                _ => {}
            }
        }
        if conflict {
            let instr = match e.kind {
                Kind::Upvalue(up) => Instr::abc(Op::GetUpval, copy, up as u16, 0),
                _ => Instr::abc(Op::Move, copy, self.reg_of(e), 0),
            };
            self.emit(instr, e.span);
            self.reserve(1);
        }
    }

    fn if_statement(&mut self, arms: List, otherwise: Option<BlockId>) {
        let hir = self.hir;
        let mut ends = JumpList::EMPTY;
        let count = hir.list(arms).len() / 2;
        for (n, arm) in hir.list(arms).chunks_exact(2).enumerate() {
            let (cond, body) = (ExprId(arm[0]), BlockId(arm[1]));
            let mut e = self.condition(cond);
            let then = self.positions.end_of_token_at(hir.block(body).open_at);
            self.at(then);
            if self.jump_arm(&mut e, body) {
                continue;
            }
            self.go_if_true(&mut e);
            self.block(body);
            if n + 1 < count || otherwise.is_some() {
                let jump = self.emit_jump(self.closing(body));
                self.add_jump(&mut ends, jump);
            }
            self.patch_here(e.if_false);
        }
        if let Some(body) = otherwise {
            self.block(body);
        }
        self.patch_here(ends);
    }

    /// `if e then break end` and the like, where all the arm does is jump: the condition jumps
    /// there itself. Returns whether it was so.
    fn jump_arm(&mut self, e: &mut Exp, body: BlockId) -> bool {
        let hir = self.hir;
        let &[only] = hir.list(hir.block(body).stats) else { return false };
        let span = hir.stat_span(StatId(only));
        // A line hook sees a `goto` on its own line (a `break` it does not in PUC Lua either).
        let same_line = |e: &mut Self| e.positions.line(span.end) == e.positions.line(e.f.last_end);
        let (label, back_to) = match hir.stat(StatId(only)) {
            Stat::Break(label) => (label, None),
            Stat::Forward(label) if same_line(self) => (label, None),
            Stat::Backward(label) if same_line(self) => match self.label_without_close(label) {
                None => return false,
                pc => (label, pc),
            },
            _ => return false,
        };
        self.go_if_false(e);
        match back_to {
            Some(pc) => self.patch(e.if_true, pc),
            None => self.jumps_to_label(label, e.if_true),
        }
        true
    }

    fn return_statement(&mut self, values: List, span: Span) {
        if values == List::EMPTY {
            self.at(span.end);
        }
        let mut first = self.var_top() as u16;
        let (n, mut last) = self.expr_list(values);
        let count = match last.kind {
            Kind::Void => Some(0),
            Kind::Call(_) | Kind::Vararg(_) => {
                self.set_returns(&last, None);
                if let Kind::Call(pc) = last.kind
                    && n == 1
                    && !self.inside_tbc()
                {
                    let close = self.returns_close() as u8;
                    let call = self.instr_mut(pc);
                    *call = Instr { op: Op::TailCall as u8, n: close, c: 0, ..*call };
                }
                None
            }
            _ if n == 1 => {
                first = self.to_any_reg(&mut last);
                Some(1)
            }
            _ => {
                self.to_next_reg(&mut last);
                Some(n)
            }
        };
        self.emit_return(first, count, span);
    }

    /// Returns `count` values, or all up to the top for `None`, from `first` on.
    fn emit_return(&mut self, first: u16, count: Option<u32>, span: Span) {
        let instr = match count {
            _ if self.returns_close() => {
                let count = count.map_or(0, |n| n + 1) as u16;
                Instr::abc(Op::Return, first, count, 0).with_n(1)
            }
            Some(0) => Instr::abc(Op::Return0, 0, 0, 0),
            Some(1) => Instr::abc(Op::Return1, first, 0, 0),
            count => Instr::abc(Op::Return, first, count.map_or(0, |n| n + 1) as u16, 0),
        };
        let pc = self.emit(instr, span);
        if !self.returns_close()
            && let Some(returns) = &mut self.f.open_returns
        {
            returns.push(OpenReturn { pc, first, variables: self.scopes.outermost });
        }
    }

    /// Lets the returns that were emitted before it was known close what closures have captured.
    fn close_returns(&mut self) {
        let Some(first_captured) = self.first_captured() else { return };
        for OpenReturn { pc, first, variables } in self.f.open_returns.take().unwrap_or_default() {
            if variables <= first_captured {
                continue;
            }
            let instr = self.instr(pc);
            let closing = match instr.opcode() {
                Some(Op::Return0) => Instr::abc(Op::Return, first, 1, 0),
                Some(Op::Return1) => Instr::abc(Op::Return, first, 2, 0),
                _ => instr,
            };
            *self.instr_mut(pc) = closing.with_n(1);
            if self.instr(pc - 1).op == Op::TailCall as u8 {
                self.instr_mut(pc - 1).n = 1;
            }
        }
    }
}

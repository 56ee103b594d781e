//! Loops and their conditions.

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::exp::{Exp, Kind};
use crate::resolve::hir::{BlockId, ExprId, GenericForId, LabelId, LocalId, NumericForId};

impl Emitter<'_> {
    /// An expression of which only the truth value is used.
    pub fn condition(&mut self, cond: ExprId) -> Exp {
        let mut e = self.expr(cond);
        if e.kind == Kind::Nil {
            e.kind = Kind::False;
        }
        e
    }

    pub fn while_loop(&mut self, cond: ExprId, body: BlockId, exit: LabelId, span: Span) {
        let top = self.here();
        let mut e = self.condition(cond);
        self.go_if_true(&mut e);
        let base = self.scopes.enter();
        self.block(body);
        self.emit_jump_to(top, self.closing(body));
        self.at(span.end);
        self.leave(base, Some(exit), false, self.closing(body));
        self.patch_here(e.if_false);
    }

    pub fn repeat_loop(&mut self, body: BlockId, cond: ExprId, exit: LabelId, span: Span) {
        let top = self.here();
        let loop_base = self.scopes.enter();
        let body_base = self.scopes.enter();
        self.open_block(body);
        let mut e = self.condition(cond);
        self.go_if_true(&mut e);
        let mut again = e.if_false;
        let level = self.var_top();
        let before = self.pc();
        self.leave(body_base, None, false, self.closing(body));
        if self.pc() > before {
            // The normal exit has closed the body's variables; so must each repetition.
            let end = self.emit_jump(span);
            self.patch_here(again);
            debug_assert!(self.var_top() <= level);
            let close = Instr::abc(Op::Close, self.var_top() as u16, 0, 0);
            self.emit(close, self.closing(body));
            let repeat = self.emit_jump(span);
            again = self.one_jump(repeat);
            let here = self.here();
            self.fix_jump(end, here);
        }
        self.patch(again, top);
        self.leave(loop_base, Some(exit), false, self.closing(body));
    }

    pub fn numeric_for(&mut self, node: NumericForId, span: Span) {
        let hir = self.hir;
        let node = hir.numeric_fors[node.index()];
        let base = self.f.free as u16;
        let loop_scope = self.scopes.enter();
        for value in [node.start, node.limit] {
            let mut e = self.expr(value);
            self.to_next_reg(&mut e);
        }
        let mut header = Span::new(hir.span(node.start).start, hir.span(node.limit).end);
        match node.step {
            Some(step) => {
                let mut e = self.expr(step);
                self.to_next_reg(&mut e);
                header.end = hir.span(step).end;
            }
            None => {
                let reg = self.reserve(1);
                self.emit_int(reg, 1, header);
            }
        }
        self.activate(node.first, 3);
        let after_do = self.positions.end_of_token_at(hir.block(node.body).open_at);
        self.at(after_do);
        let prep = self.emit(Instr::asbx(Op::ForPrep, base, 0), header);
        self.loop_body(LocalId(node.first.0 + 3), 1, node.body);
        let end = self.emit(Instr::asbx(Op::ForLoop, base, 0), header);
        self.fix_line(span.start + 1);
        self.fix_jump(end, prep + 1);
        let behind = self.here();
        self.fix_jump(prep, behind);
        self.at(span.end);
        self.leave(loop_scope, Some(node.exit), false, self.closing(node.body));
    }

    pub fn generic_for(&mut self, node: GenericForId, span: Span) {
        let hir = self.hir;
        let node = hir.generic_fors[node.index()];
        let base = self.f.free as u16;
        let loop_scope = self.scopes.enter();
        let (n, mut last) = self.expr_list(node.values);
        let mut header = last.span;
        if let Some(&first) = hir.list(node.values).first() {
            header.start = hir.span(ExprId(first)).start;
        }
        self.adjust(4, n, &mut last, header);
        self.activate(node.first, 4);
        // The window of the iterator's call: PUC needs three registers, ours has the frame link
        // in addition.
        self.check_stack(3);
        self.f.max_stack = self.f.max_stack.max(self.f.free + 4);
        let after_do = self.positions.end_of_token_at(hir.block(node.body).open_at);
        self.at(after_do);
        let prep = self.emit(Instr::asbx(Op::TForPrep, base, 0), header);
        self.loop_body(LocalId(node.first.0 + 4), node.count, node.body);
        let call = self.here();
        self.fix_jump(prep, call);
        self.emit(Instr::abc(Op::TForCall, base, 0, node.count as u16), header);
        self.fix_line(node.line_at + 1);
        let end = self.emit(Instr::asbx(Op::TForLoop, base, 0), header);
        self.fix_line(node.line_at + 1);
        self.fix_jump(end, prep + 1);
        self.at(span.end);
        self.leave(loop_scope, Some(node.exit), false, self.closing(node.body));
    }

    /// The body of a `for` with its `count` visible variables.
    fn loop_body(&mut self, first: LocalId, count: u32, body: BlockId) {
        let scope = self.scopes.enter();
        self.activate(first, count);
        self.reserve(count);
        self.block(body);
        self.leave(scope, None, false, self.closing(body));
    }
}

//! The nodes of the extensions that have code of their own: `??`, `?.`, `if` expressions and
//! compound assignments. Each leaves its value like any other expression.

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::exp::{Exp, Kind};
use super::jumps::JumpList;
use crate::resolve::hir::{BinOp, Expr, ExprId, List};

impl Emitter<'_> {
    /// Emits a jump taken when `R[reg]` is nil (`on`) or is not; returns it as a list.
    fn jump_on_nil(&mut self, reg: u16, on: bool, span: Span) -> JumpList {
        let mut nil = Exp::new(Kind::Nil, span);
        let instr = match self.to_const(&mut nil) {
            Some(k) => Instr::abc(if on { Op::JEqK } else { Op::JNeK }, reg, k, 0),
            None => {
                let other = self.reserve(1);
                self.emit_nil(other as u32, 1, span);
                self.free_reg(other);
                Instr::abc(if on { Op::JEq } else { Op::JNe }, reg, other, 0)
            }
        };
        let pc = self.emit_compare(instr, span);
        self.one_jump(pc)
    }

    /// `e ?? right`
    pub fn coalesce(&mut self, e: &mut Exp, right: ExprId, span: Span) {
        let reg = self.to_next_reg(e);
        let present = self.jump_on_nil(reg, false, span);
        self.free_reg(reg);
        let mut right = self.expr(right);
        let same = self.to_next_reg(&mut right);
        debug_assert!(self.is_invalid() || same == reg);
        self.patch_here(present);
        *e = Exp::new(Kind::Reg(reg), span);
    }

    /// `if c then a elseif d then b else e`
    pub fn if_expression(&mut self, parts: List, span: Span) -> Exp {
        let hir = self.hir;
        let mut ends = JumpList::EMPTY;
        let mut result = 0;
        for arm in hir.list(parts).chunks(2) {
            let (cond, value) = match *arm {
                [cond, value] => (Some(ExprId(cond)), ExprId(value)),
                [value] => (None, ExprId(value)),
                _ => break,
            };
            let mut skip = JumpList::EMPTY;
            if let Some(cond) = cond {
                let mut e = self.condition(cond);
                self.go_if_true(&mut e);
                skip = e.if_false;
            }
            let mut e = self.expr(value);
            result = self.to_next_reg(&mut e);
            self.free_reg(result);
            if cond.is_some() {
                let end = self.emit_jump(span);
                self.add_jump(&mut ends, end);
            }
            self.patch_here(skip);
        }
        self.patch_here(ends);
        self.reserve(1);
        Exp::new(Kind::Reg(result), span)
    }

    /// A chain with `?.` in it. What precedes a `?.` is in the register the whole chain ends
    /// up in, so that if it is nil, the result is already there.
    pub fn optional(&mut self, inner: ExprId, span: Span) -> Exp {
        self.chains.push(JumpList::EMPTY);
        let mut e = self.expr(inner);
        let reg = self.to_next_reg(&mut e);
        let out = self.chains.pop().unwrap_or(JumpList::EMPTY);
        self.patch_here(out);
        Exp::new(Kind::Reg(reg), span)
    }

    /// What precedes a `?.`: the chain ends here if it is nil.
    pub fn optional_link(&mut self, e: &mut Exp) {
        let reg = self.to_next_reg(e);
        let out = self.jump_on_nil(reg, true, e.span);
        if let Some(mut all) = self.chains.pop() {
            self.join(&mut all, out);
            self.chains.push(all);
        }
    }

    /// `target op= value`
    pub fn compound(&mut self, target: ExprId, op: BinOp, value: ExprId, span: Span) {
        let mut target_exp = self.expr(target);
        self.save_operands(&mut target_exp, target);
        let mut left = target_exp;
        if target_exp.is_indexed() {
            let reg = self.reserve(1);
            let instr = match target_exp.kind {
                Kind::IndexedUp { table, key } => Instr::abc(Op::GetTabUp, reg, table as u16, key),
                Kind::IndexedInt { table, key } => Instr::abc(Op::GetI, reg, table, key),
                Kind::IndexedStr { table, key } => Instr::abc(Op::GetField, reg, table, key),
                Kind::Indexed { table, key } => Instr::abc(Op::GetTable, reg, table, key),
                _ => return,
            };
            self.emit(instr, target_exp.span);
            left = Exp::new(Kind::Reg(reg), target_exp.span);
        }
        let op_end = self.positions.end_of_token_at(self.hir.span(target).end);
        self.at(op_end);
        if op == BinOp::Coalesce {
            let reg = self.to_any_reg(&mut left);
            let present = self.jump_on_nil(reg, false, span);
            self.free_reg(reg);
            let mut right = self.expr(value);
            self.store(&target_exp, &mut right);
            self.patch_here(present);
            return;
        }
        self.infix(op, &mut left);
        let mut right = self.expr(value);
        self.postfix(op, &mut left, &mut right, op_end, span);
        self.store(&target_exp, &mut left);
    }

    /// Copies the table and the key of `target_exp` where evaluating a value could change them.
    fn save_operands(&mut self, target_exp: &mut Exp, target: ExprId) {
        let span = target_exp.span;
        match &mut target_exp.kind {
            &mut Kind::IndexedUp { table, key }
                if !matches!(self.hir.expr(target), Expr::Global { .. }) =>
            {
                let copy = self.reserve(1);
                self.emit(Instr::abc(Op::GetUpval, copy, table as u16, 0), span);
                target_exp.kind = Kind::IndexedStr { table: copy, key };
            }
            Kind::IndexedInt { table, .. } | Kind::IndexedStr { table, .. } => {
                self.save_register(table, span);
            }
            Kind::Indexed { table, key } => {
                self.save_register(table, span);
                self.save_register(key, span);
            }
            _ => {}
        }
    }

    fn save_register(&mut self, reg: &mut u16, span: Span) {
        if (*reg as u32) < self.var_top() && self.is_captured(*reg) {
            let copy = self.reserve(1);
            self.emit(Instr::abc(Op::Move, copy, *reg, 0), span);
            *reg = copy;
        }
    }
}

//! Operators: conditional jumps, arithmetic with immediate and constant operands,
//! comparisons fused with their jump, concatenation.
//!
//! Constant expressions do not occur here: the resolver has folded them.

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::exp::{Exp, Kind};
use crate::ast::{BinOp, UnOp};

/// How `ADDI` and the `…K` instructions encode the operation in the source, for metamethods.
const AS_WRITTEN: u8 = 0;
const SWAPPED: u8 = 1;
const SUBTRACTION: u8 = 2;

impl Emitter<'_> {
    /// Code continues if `e` is true; if not, it jumps to [`Exp::if_false`].
    pub fn go_if_true(&mut self, e: &mut Exp) {
        self.discharge(e);
        let jump = match e.kind {
            Kind::Jump(pc) => {
                self.negate(pc);
                Some(pc)
            }
            Kind::True | Kind::Int(_) | Kind::Float(_) | Kind::Str(_) | Kind::Const(_) => None,
            Kind::False => Some(self.emit_jump(e.span)),
            _ => Some(self.jump_on(e, false)),
        };
        if let Some(pc) = jump {
            let mut list = e.if_false;
            self.add_jump(&mut list, pc);
            e.if_false = list;
        }
        self.patch_here(e.if_true);
        e.if_true = super::jumps::JumpList::EMPTY;
    }

    /// Code continues if `e` is false; if not, it jumps to [`Exp::if_true`].
    pub fn go_if_false(&mut self, e: &mut Exp) {
        self.discharge(e);
        let jump = match e.kind {
            Kind::Jump(pc) => Some(pc),
            Kind::Nil | Kind::False => None,
            _ => Some(self.jump_on(e, true)),
        };
        if let Some(pc) = jump {
            let mut list = e.if_true;
            self.add_jump(&mut list, pc);
            e.if_true = list;
        }
        self.patch_here(e.if_false);
        e.if_false = super::jumps::JumpList::EMPTY;
    }

    /// Emits a jump taken when `e` is true (`on`) or false.
    fn jump_on(&mut self, e: &mut Exp, on: bool) -> u32 {
        if let Kind::Reloc(pc) = e.kind {
            let instr = self.instr(pc);
            if instr.op == Op::Not as u8 {
                self.remove_last();
                return self.emit_test(instr.b, !on, e.span);
            }
        }
        let reg = self.discharge_any(e);
        self.free_exp(e);
        self.emit_test_set(reg, on, e.span)
    }

    /// `op e`; the operator is at `op_at`.
    pub fn unary(&mut self, op: UnOp, e: &mut Exp, op_at: u32, span: Span) {
        self.discharge(e);
        let op = match op {
            UnOp::Not => return self.not(e, span),
            UnOp::Neg => Op::Unm,
            UnOp::BNot => Op::BNot,
            UnOp::Len => Op::Len,
        };
        let reg = self.to_any_reg(e);
        self.free_exp(e);
        *e = Exp::new(Kind::Reloc(self.emit(Instr::abc(op, 0, reg, 0), span)), span);
        self.fix_line(op_at);
    }

    fn not(&mut self, e: &mut Exp, span: Span) {
        e.kind = match e.kind {
            Kind::Nil | Kind::False => Kind::True,
            Kind::True | Kind::Int(_) | Kind::Float(_) | Kind::Str(_) | Kind::Const(_) => {
                Kind::False
            }
            Kind::Jump(pc) => {
                self.negate(pc);
                e.kind
            }
            _ => {
                let reg = self.discharge_any(e);
                self.free_exp(e);
                Kind::Reloc(self.emit(Instr::abc(Op::Not, 0, reg, 0), span))
            }
        };
        e.span = span;
        std::mem::swap(&mut e.if_true, &mut e.if_false);
        self.remove_values(e.if_false);
        self.remove_values(e.if_true);
    }

    /// Prepares the left operand before the right one is emitted.
    pub fn infix(&mut self, op: BinOp, e: &mut Exp) {
        self.discharge(e);
        match op {
            BinOp::And => self.go_if_true(e),
            BinOp::Or => self.go_if_false(e),
            BinOp::Concat => {
                self.to_next_reg(e);
            }
            BinOp::Eq | BinOp::Ne => {
                let constant =
                    matches!(e.kind, Kind::Nil | Kind::True | Kind::False | Kind::Str(_));
                if !e.is_numeral() && (!constant || self.to_const(e).is_none()) {
                    self.to_any_reg(e);
                }
            }
            BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                if e.as_small_number().is_none() {
                    self.to_any_reg(e);
                }
            }
            _ => {
                if !e.is_numeral() {
                    self.to_any_reg(e);
                }
            }
        }
    }

    /// `left op right`, both emitted; the result replaces `left`.
    pub fn postfix(&mut self, op: BinOp, left: &mut Exp, right: &mut Exp, op_at: u32, span: Span) {
        self.discharge(right);
        match op {
            BinOp::And => {
                let mut list = right.if_false;
                self.join(&mut list, left.if_false);
                *left = Exp { if_false: list, span, ..*right };
            }
            BinOp::Or => {
                let mut list = right.if_true;
                self.join(&mut list, left.if_true);
                *left = Exp { if_true: list, span, ..*right };
            }
            BinOp::Concat => {
                self.to_next_reg(right);
                self.concat(left, right, op_at, span);
            }
            BinOp::Eq | BinOp::Ne => self.equality(op == BinOp::Eq, left, right, span),
            BinOp::Lt => self.order(false, left, right, span),
            BinOp::Le => self.order(true, left, right, span),
            BinOp::Gt => {
                std::mem::swap(left, right);
                self.order(false, left, right, span);
            }
            BinOp::Ge => {
                std::mem::swap(left, right);
                self.order(true, left, right, span);
            }
            _ => {
                let instr = self.arithmetic(op, left, right);
                let pc = self.emit(instr, span);
                self.free_exps(left, right);
                *left = Exp::new(Kind::Reloc(pc), span);
                self.fix_line(op_at);
            }
        }
    }

    /// `a .. b`; when `b` is itself a concatenation just emitted, `a` joins it.
    fn concat(&mut self, left: &mut Exp, right: &Exp, op_at: u32, span: Span) {
        let first = self.reg_of(left);
        let joined = self.previous().is_some_and(|prev| {
            let joins = prev.op == Op::Concat as u8 && prev.a == first + 1;
            if joins {
                prev.a = first;
                prev.b += 1;
            }
            joins
        });
        self.free_exp(right);
        if joined {
            if let Some(last) = self.f.spans.last_mut() {
                *last = span;
            }
        } else {
            self.emit(Instr::abc(Op::Concat, first, 2, 0), span);
            self.fix_line(op_at);
        }
        left.span = span;
    }

    /// The instruction for an arithmetic or bitwise operator. Constants go to the right; `left`
    /// and `right` hold the registers to free.
    fn arithmetic(&mut self, op: BinOp, left: &mut Exp, right: &mut Exp) -> Instr {
        let commutes =
            matches!(op, BinOp::Add | BinOp::Mul | BinOp::BAnd | BinOp::BOr | BinOp::BXor);
        let bitwise =
            matches!(op, BinOp::BAnd | BinOp::BOr | BinOp::BXor | BinOp::Shl | BinOp::Shr);
        let is_constant = |e: &Exp| if bitwise { e.as_int().is_some() } else { e.is_numeral() };
        let mut order = AS_WRITTEN;
        if commutes && is_constant(left) {
            std::mem::swap(left, right);
            order = SWAPPED;
        }
        if is_constant(right) {
            if let Some((n, how)) = add_immediate(op, right, order) {
                let reg = self.to_any_reg(left);
                return Instr::abc(Op::AddI, 0, reg, n as u16).with_n(how);
            }
            if let Some(k) = self.to_const(right) {
                let reg = self.to_any_reg(left);
                return Instr::abc(offset(Op::AddK, op), 0, reg, k).with_n(order);
            }
        }
        if order == SWAPPED {
            std::mem::swap(left, right);
        }
        // A numeral on the left that is no operand is loaded after the right side: it has no
        // effects.
        let b = self.to_any_reg(right);
        let a = self.to_any_reg(left);
        Instr::abc(offset(Op::Add, op), 0, a, b)
    }

    /// `left < right`, or `<=`, as a jump taken when it holds.
    fn order(&mut self, or_equal: bool, left: &mut Exp, right: &mut Exp, span: Span) {
        let instr = if let Some((n, float)) = right.as_small_number() {
            let reg = self.to_any_reg(left);
            let op = if or_equal { Op::JLeI } else { Op::JLtI };
            Instr::abc(op, reg, n as u16, 0).with_n(float as u8)
        } else if let Some((n, float)) = left.as_small_number() {
            // n < x is x > n.
            let reg = self.to_any_reg(right);
            let op = if or_equal { Op::JGeI } else { Op::JGtI };
            Instr::abc(op, reg, n as u16, 0).with_n(float as u8)
        } else {
            let a = self.to_any_reg(left);
            let b = self.to_any_reg(right);
            Instr::abc(if or_equal { Op::JLe } else { Op::JLt }, a, b, 0)
        };
        self.free_exps(left, right);
        *left = Exp::new(Kind::Jump(self.emit_compare(instr, span)), span);
    }

    /// `left == right`, or `~=`, as a jump taken when it holds.
    fn equality(&mut self, equal: bool, left: &mut Exp, right: &mut Exp, span: Span) {
        if !matches!(left.kind, Kind::Reg(_)) {
            // A constant: it goes to the right.
            std::mem::swap(left, right);
        }
        let reg = self.to_any_reg(left);
        let instr = if let Some((n, _)) = right.as_small_number() {
            Instr::abc(if equal { Op::JEqI } else { Op::JNeI }, reg, n as u16, 0)
        } else if let Some(k) = self.to_const(right) {
            Instr::abc(if equal { Op::JEqK } else { Op::JNeK }, reg, k, 0)
        } else {
            let b = self.to_any_reg(right);
            Instr::abc(if equal { Op::JEq } else { Op::JNe }, reg, b, 0)
        };
        self.free_exps(left, right);
        *left = Exp::new(Kind::Jump(self.emit_compare(instr, span)), span);
    }
}

/// The operand of `ADDI` for `x + right` or `x - right`, and the operation in the source.
fn add_immediate(op: BinOp, right: &Exp, order: u8) -> Option<(i16, u8)> {
    let n = i16::try_from(right.as_int()?).ok()?;
    match op {
        BinOp::Add => Some((n, order)),
        BinOp::Sub => Some((n.checked_neg()?, SUBTRACTION)),
        _ => None,
    }
}

/// The opcode for `op` in a group of the table that starts with `first` (for `+`) and is in the
/// order of [`BinOp`].
fn offset(first: Op, op: BinOp) -> Op {
    const {
        assert!(Op::ShrK as u8 - Op::AddK as u8 == BinOp::Shr as u8);
        assert!(Op::Shr as u8 - Op::Add as u8 == BinOp::Shr as u8 && BinOp::Add as u8 == 0);
    };
    Op::from_u8(first as u8 + op as u8).unwrap_or(first)
}

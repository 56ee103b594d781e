//! Expressions being evaluated into registers.
//!
//! [`Exp`] describes where a value is or how to obtain it: a constant not loaded yet, a
//! variable, an instruction whose destination is still open, a pending comparison. Deferring the choice
//! avoids moves. The scheme is that of PUC Lua's `lcode.c` (`expdesc`).

#![allow(clippy::wrong_self_convention)] // `to_…` moves the expression, not the emitter.

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::consts::operand;
use super::jumps::JumpList;
use crate::Sym;

/// Where a value is, or how it is obtained.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Kind {
    /// No expression: the empty list.
    Void,
    Nil,
    True,
    False,
    Int(i64),
    Float(f64),
    Str(Sym),
    /// In the constant table.
    Const(u32),
    /// In a register, a temporary or a variable's.
    Reg(u16),
    /// A local variable.
    Local(u16),
    Upvalue(u8),
    /// `R[table][R[key]]`
    Indexed {
        table: u16,
        key: u16,
    },
    /// `R[table][key]`
    IndexedInt {
        table: u16,
        key: u16,
    },
    /// `R[table][K[key]]`
    IndexedStr {
        table: u16,
        key: u16,
    },
    /// `U[table][K[key]]`
    IndexedUp {
        table: u8,
        key: u16,
    },
    /// A comparison: the jump at this pc is taken when it holds.
    Jump(u32),
    /// The instruction at this pc computes it, destination open.
    Reloc(u32),
    /// The call at this pc.
    Call(u32),
    /// The `VARARG` at this pc.
    Vararg(u32),
}

/// An expression: its value, the jumps that leave it when it is true or false (from `and`, `or`
/// and `not` in it), and its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exp {
    pub kind: Kind,
    pub if_true: JumpList,
    pub if_false: JumpList,
    pub span: Span,
}

impl Exp {
    pub fn new(kind: Kind, span: Span) -> Exp {
        Exp { kind, if_true: JumpList::EMPTY, if_false: JumpList::EMPTY, span }
    }

    pub fn has_jumps(&self) -> bool {
        !self.if_true.is_empty() || !self.if_false.is_empty()
    }

    /// Can it yield any number of values?
    pub fn is_multi(&self) -> bool {
        matches!(self.kind, Kind::Call(_) | Kind::Vararg(_))
    }

    pub fn is_indexed(&self) -> bool {
        matches!(
            self.kind,
            Kind::Indexed { .. }
                | Kind::IndexedInt { .. }
                | Kind::IndexedStr { .. }
                | Kind::IndexedUp { .. }
        )
    }

    /// A number written in the source.
    pub fn is_numeral(&self) -> bool {
        matches!(self.kind, Kind::Int(_) | Kind::Float(_)) && !self.has_jumps()
    }

    /// An integer written in the source.
    pub fn as_int(&self) -> Option<i64> {
        match self.kind {
            Kind::Int(n) if !self.has_jumps() => Some(n),
            _ => None,
        }
    }

    /// A numeral whose value fits a 16-bit operand of a comparison, and whether it is a float.
    pub fn as_small_number(&self) -> Option<(i16, bool)> {
        match self.kind {
            _ if self.has_jumps() => None,
            Kind::Int(n) => i16::try_from(n).ok().map(|n| (n, false)),
            Kind::Float(x) => {
                let n = x as i16;
                (n as f64 == x).then_some((n, true))
            }
            _ => None,
        }
    }
}

impl Emitter<'_> {
    /// Fixes the number of values of a call or vararg expression: `n`, or all for `None`.
    pub fn set_returns(&mut self, e: &Exp, n: Option<u32>) {
        let count = n.map_or(0, |n| n + 1) as u16;
        match e.kind {
            Kind::Call(pc) => self.instr_mut(pc).c = count,
            Kind::Vararg(pc) => {
                let reg = self.f.free as u16;
                let instr = self.instr_mut(pc);
                instr.c = count;
                instr.a = reg;
                self.reserve(1);
            }
            _ => {}
        }
    }

    /// Fixes a call or vararg expression to one value.
    pub fn set_one_return(&mut self, e: &mut Exp) {
        match e.kind {
            Kind::Call(pc) => e.kind = Kind::Reg(self.instr(pc).a),
            Kind::Vararg(pc) => {
                self.instr_mut(pc).c = 2;
                e.kind = Kind::Reloc(pc);
            }
            _ => {}
        }
    }

    /// Makes `e` a value instead of a variable.
    pub fn discharge(&mut self, e: &mut Exp) {
        let instr = match e.kind {
            Kind::Local(reg) => {
                e.kind = Kind::Reg(reg);
                return;
            }
            Kind::Upvalue(up) => Instr::abc(Op::GetUpval, 0, up as u16, 0),
            Kind::IndexedUp { table, key } => Instr::abc(Op::GetTabUp, 0, table as u16, key),
            Kind::IndexedInt { table, key } => {
                self.free_reg(table);
                Instr::abc(Op::GetI, 0, table, key)
            }
            Kind::IndexedStr { table, key } => {
                self.free_reg(table);
                Instr::abc(Op::GetField, 0, table, key)
            }
            Kind::Indexed { table, key } => {
                self.free_regs(table, key);
                Instr::abc(Op::GetTable, 0, table, key)
            }
            Kind::Call(_) | Kind::Vararg(_) => return self.set_one_return(e),
            _ => return,
        };
        e.kind = Kind::Reloc(self.emit(instr, e.span));
    }

    /// Puts the value (jump lists aside) in `reg`.
    fn discharge_to(&mut self, e: &mut Exp, reg: u16) {
        self.discharge(e);
        match e.kind {
            Kind::Nil => self.emit_nil(reg as u32, 1, e.span),
            Kind::False => {
                self.emit(Instr::abc(Op::LoadFalse, reg, 0, 0), e.span);
            }
            Kind::True => {
                self.emit(Instr::abc(Op::LoadTrue, reg, 0, 0), e.span);
            }
            Kind::Str(s) => {
                let k = self.str_const(s);
                self.emit(Instr::abx(Op::LoadK, reg, k), e.span);
            }
            Kind::Const(k) => {
                self.emit(Instr::abx(Op::LoadK, reg, k), e.span);
            }
            Kind::Int(n) => self.emit_int(reg, n, e.span),
            Kind::Float(x) => self.emit_float(reg, x, e.span),
            Kind::Reloc(pc) => self.instr_mut(pc).a = reg,
            Kind::Reg(from) => {
                if from != reg {
                    self.emit(Instr::abc(Op::Move, reg, from, 0), e.span);
                }
            }
            _ => return,
        }
        e.kind = Kind::Reg(reg);
    }

    /// Loads an integer.
    pub fn emit_int(&mut self, reg: u16, n: i64, span: Span) {
        let instr = match i32::try_from(n) {
            Ok(n) => Instr::asbx(Op::LoadI, reg, n),
            Err(_) => Instr::abx(Op::LoadK, reg, self.int_const(n)),
        };
        self.emit(instr, span);
    }

    fn emit_float(&mut self, reg: u16, x: f64, span: Span) {
        let n = x as i32;
        // The bits, not the value: -0.0 is not the integer 0.
        let instr = if (n as f64).to_bits() == x.to_bits() {
            Instr::asbx(Op::LoadF, reg, n)
        } else {
            Instr::abx(Op::LoadK, reg, self.float_const(x))
        };
        self.emit(instr, span);
    }

    /// Puts the value (jump lists aside) in any register.
    pub fn discharge_any(&mut self, e: &mut Exp) -> u16 {
        if let Kind::Reg(reg) = e.kind {
            return reg;
        }
        let reg = self.reserve(1);
        self.discharge_to(e, reg);
        reg
    }

    /// The register of a value in a register.
    pub fn reg_of(&self, e: &Exp) -> u16 {
        match e.kind {
            Kind::Reg(reg) | Kind::Local(reg) => reg,
            _ => 0,
        }
    }

    /// Frees the register of a temporary.
    pub fn free_exp(&mut self, e: &Exp) {
        if let Kind::Reg(reg) = e.kind {
            self.free_reg(reg);
        }
    }

    /// Frees the registers of two temporaries.
    pub fn free_exps(&mut self, a: &Exp, b: &Exp) {
        match (a.kind, b.kind) {
            (Kind::Reg(a), Kind::Reg(b)) => self.free_regs(a, b),
            _ => {
                self.free_exp(a);
                self.free_exp(b);
            }
        }
    }

    /// Puts the final value, jump lists included, in `reg`.
    pub fn to_reg(&mut self, e: &mut Exp, reg: u16) {
        self.discharge_to(e, reg);
        if let Kind::Jump(pc) = e.kind {
            let mut list = e.if_true;
            self.add_jump(&mut list, pc);
            e.if_true = list;
        }
        if e.has_jumps() {
            let (mut load_false, mut load_true) = (0, 0);
            if self.needs_value(e.if_true) || self.needs_value(e.if_false) {
                let over = match e.kind {
                    Kind::Jump(_) => None,
                    _ => Some(self.emit_jump(e.span)),
                };
                load_false = self.here();
                self.emit(Instr::abc(Op::LFalseSkip, reg, 0, 0), e.span);
                load_true = self.here();
                self.emit(Instr::abc(Op::LoadTrue, reg, 0, 0), e.span);
                if let Some(over) = over {
                    let here = self.here();
                    self.fix_jump(over, here);
                }
            }
            let end = self.here();
            self.patch_values(e.if_false, end, reg, load_false);
            self.patch_values(e.if_true, end, reg, load_true);
        }
        *e = Exp::new(Kind::Reg(reg), e.span);
    }

    /// Puts the final value in the next free register.
    pub fn to_next_reg(&mut self, e: &mut Exp) -> u16 {
        self.discharge(e);
        self.free_exp(e);
        let reg = self.reserve(1);
        self.to_reg(e, reg);
        reg
    }

    /// Puts the final value in any register.
    pub fn to_any_reg(&mut self, e: &mut Exp) -> u16 {
        self.discharge(e);
        if let Kind::Reg(reg) = e.kind {
            if !e.has_jumps() {
                return reg;
            }
            // A variable's register cannot take the values the jumps bring.
            if reg as u32 >= self.var_top() {
                self.to_reg(e, reg);
                return reg;
            }
        }
        self.to_next_reg(e)
    }

    /// Puts the final value in a register, unless it is an upvalue.
    pub fn to_any_reg_or_upvalue(&mut self, e: &mut Exp) {
        if !matches!(e.kind, Kind::Upvalue(_)) || e.has_jumps() {
            self.to_any_reg(e);
        }
    }

    /// Makes `e` a final value: in a register if it has jumps, else wherever it is.
    pub fn to_value(&mut self, e: &mut Exp) {
        if e.has_jumps() || matches!(e.kind, Kind::Jump(_)) {
            self.to_any_reg(e);
        } else {
            self.discharge(e);
        }
    }

    /// The constant operand for `e`, if it is a constant that has one.
    pub fn to_const(&mut self, e: &mut Exp) -> Option<u16> {
        if e.has_jumps() {
            return None;
        }
        let index = match e.kind {
            Kind::True => self.bool_const(true),
            Kind::False => self.bool_const(false),
            Kind::Nil => self.nil_const(),
            Kind::Int(n) => self.int_const(n),
            Kind::Float(x) => self.float_const(x),
            Kind::Str(s) => self.str_const(s),
            Kind::Const(k) => k,
            _ => return None,
        };
        let k = operand(index)?;
        e.kind = Kind::Const(index);
        Some(k)
    }
}

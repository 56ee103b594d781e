//! Access to variables: indexing, storing, and the register windows of calls.

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::exp::{Exp, Kind};
use crate::Sym;

impl Emitter<'_> {
    /// Makes `table` the variable `table[key]`. `table` is in a register or an upvalue.
    pub fn index(&mut self, table: &mut Exp, key: &mut Exp, span: Span) {
        let name = match key.kind {
            Kind::Str(s) if !key.has_jumps() => self.field_const(s),
            _ => None,
        };
        if matches!(table.kind, Kind::Upvalue(_)) && name.is_none() {
            self.to_any_reg(table);
        }
        table.kind = match (table.kind, name) {
            (Kind::Upvalue(up), Some(key)) => Kind::IndexedUp { table: up, key },
            (_, Some(key)) => Kind::IndexedStr { table: self.reg_of(table), key },
            (_, None) => {
                let table = self.reg_of(table);
                match key.as_int().map(u16::try_from) {
                    Some(Ok(key)) => Kind::IndexedInt { table, key },
                    _ => Kind::Indexed { table, key: self.to_any_reg(key) },
                }
            }
        };
        table.span = span;
    }

    /// Stores the value of `e` in the variable `target`.
    pub fn store(&mut self, target: &Exp, e: &mut Exp) {
        let (reg_op, const_op, a, b) = match target.kind {
            Kind::Local(reg) => {
                self.free_exp(e);
                return self.to_reg(e, reg);
            }
            Kind::Upvalue(up) => {
                let reg = self.to_any_reg(e);
                self.emit(Instr::abc(Op::SetUpval, reg, up as u16, 0), target.span);
                return self.free_exp(e);
            }
            Kind::IndexedUp { table, key } => (Op::SetTabUp, Op::SetTabUpK, table as u16, key),
            Kind::IndexedInt { table, key } => (Op::SetI, Op::SetIK, table, key),
            Kind::IndexedStr { table, key } => (Op::SetField, Op::SetFieldK, table, key),
            Kind::Indexed { table, key } => (Op::SetTable, Op::SetTableK, table, key),
            // An assignment the resolver has reported.
            _ => return self.free_exp(e),
        };
        let instr = match self.to_const(e) {
            Some(k) => Instr::abc(const_op, a, b, k),
            None => Instr::abc(reg_op, a, b, self.to_any_reg(e)),
        };
        self.emit(instr, target.span);
        self.free_exp(e);
    }

    /// Turns `e` into the function and the receiver of a call window; returns its base.
    pub fn self_call(&mut self, e: &mut Exp, name: Sym, span: Span) -> u16 {
        let receiver = self.to_any_reg(e);
        self.free_exp(e);
        let base = self.reserve(1);
        self.open_window();
        self.reserve(1);
        match self.field_const(name) {
            Some(k) => {
                self.emit(Instr::abc(Op::SelfK, base, receiver, k), span);
            }
            None => {
                let k = self.str_const(name);
                self.emit(Instr::abc(Op::Move, base + 2, receiver, 0), span);
                self.emit(Instr::abx(Op::LoadK, base, k), span);
                self.emit(Instr::abc(Op::GetTable, base, base + 2, base), span);
            }
        }
        *e = Exp::new(Kind::Reg(base), span);
        base
    }

    /// Takes the frame link's register, the second of a call window.
    fn open_window(&mut self) {
        self.f.links += 1;
        self.reserve(1);
    }

    /// Puts a function in a new call window; returns its base.
    pub fn open_call(&mut self, e: &mut Exp) -> u16 {
        let base = self.to_next_reg(e);
        self.open_window();
        base
    }
}

//! Arithmetic of integers and floats.

use super::Builder;
use super::state::Tag;
use crate::jit::feedback::{Seen, Site};
use crate::jit::ir::*;
use crate::value::{Value, tag};
use luka_bytecode::{Instr, Op as B};

/// A number: its value, and the tag of an integer or a float.
type Number = (V, u8);

/// Operators, whatever their operands are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    IDiv,
    Pow,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

fn operator(op: B) -> Option<Operator> {
    Some(match op {
        B::Add | B::AddK | B::AddI => Operator::Add,
        B::Sub | B::SubK => Operator::Sub,
        B::Mul | B::MulK => Operator::Mul,
        B::Div | B::DivK => Operator::Div,
        B::Mod | B::ModK => Operator::Mod,
        B::IDiv | B::IDivK => Operator::IDiv,
        B::Pow | B::PowK => Operator::Pow,
        B::BAnd | B::BAndK => Operator::And,
        B::BOr | B::BOrK => Operator::Or,
        B::BXor | B::BXorK => Operator::Xor,
        B::Shl | B::ShlK => Operator::Shl,
        B::Shr | B::ShrK => Operator::Shr,
        _ => return None,
    })
}

/// Whether one of two numbers is always a float, so that the result is one.
fn gives_float(operator: Operator, site: Site) -> bool {
    let numbers = !site.b.is_empty() && !site.c.is_empty();
    let arithmetic =
        matches!(operator, Operator::Add | Operator::Sub | Operator::Mul | Operator::Div);
    let float = operator == Operator::Div || site.b == Seen::FLOAT || site.c == Seen::FLOAT;
    numbers && arithmetic && float && site.b.within(Seen::NUMBER) && site.c.within(Seen::NUMBER)
}

impl Builder<'_> {
    /// The tag of a register that holds a number of one type, as far as is known or was seen.
    pub(super) fn number_tag(&self, r: usize, seen: Seen) -> Option<u8> {
        match self.reg(r).tag {
            Tag::Known(tag @ (tag::INT | tag::FLOAT)) => Some(tag),
            Tag::Known(_) => None,
            Tag::Memory | Tag::Value(_) => seen.only_number(),
        }
    }

    /// A number as a float.
    pub(super) fn as_float(&mut self, (v, tag): Number) -> V {
        if tag == tag::FLOAT {
            return v;
        }
        if let Some(k) = self.constant_of(v) {
            return self.float(k as f64);
        }
        self.define(Class::Float, Ins { a: v, ..Ins::new(Op::IntToFloat) })
    }

    pub(super) fn arith_constant(&mut self, op: B, i: Instr) -> Option<()> {
        let (b, site) = (self.b(i), self.site());
        let k = match op {
            B::AddI => Value::int(i.sc().into()),
            _ => self.source.constant(i.c as usize),
        };
        let constant = self.constant_reg(k);
        let Some(tag) = self.number_tag(b, site.b) else {
            if !site.reached {
                return self.unseen();
            }
            return self.by_metamethod(i, Some(constant));
        };
        let x = self.want(b, tag)?;
        let y = (constant.payload, k.tag);
        self.operation(i, operator(op)?, (x, tag), y)
    }

    pub(super) fn arith(&mut self, op: B, i: Instr) -> Option<()> {
        let (b, c, site) = (self.b(i), self.c(i), self.site());
        let operator = operator(op)?;
        let tags = (self.number_tag(b, site.b), self.number_tag(c, site.c));
        if let (Some(t), Some(u)) = tags {
            self.want(b, t)?;
            let y = self.want(c, u)?;
            // (The first may have become another value, if it is the same register.)
            let x = self.payload(b, t);
            return self.operation(i, operator, (x, t), (y, u));
        }
        if !site.reached {
            return self.unseen();
        }
        if !gives_float(operator, site) {
            return self.by_metamethod(i, None);
        }
        let p = self.any_as_float(b, tags.0)?;
        let q = self.any_as_float(c, tags.1)?;
        self.float_operation(i, operator, p, q)
    }

    /// A register that holds a number as a float.
    fn any_as_float(&mut self, r: usize, tag: Option<u8>) -> Option<V> {
        if let Some(tag) = tag {
            let v = self.want(r, tag)?;
            return Some(self.as_float((v, tag)));
        }
        let reg = self.any(r);
        let Tag::Value(b) = reg.tag else { return None };
        let x = self.exit(Why::Guard);
        let number = Ins { a: reg.payload, b, x, ..Ins::new(Op::NumberToFloat) };
        Some(self.define(Class::Float, number))
    }

    fn float_operation(&mut self, i: Instr, operator: Operator, p: V, q: V) -> Option<()> {
        let op = match operator {
            Operator::Add => Op::AddF,
            Operator::Sub => Op::SubF,
            Operator::Mul => Op::MulF,
            Operator::Div => Op::DivF,
            _ => return None,
        };
        self.paid();
        let v = self.floats(op, p, q);
        let a = self.a(i);
        self.set_known(a, v, tag::FLOAT);
        Some(())
    }

    fn int_result(&mut self, i: Instr, v: V) -> Option<()> {
        let a = self.a(i);
        self.set_known(a, v, tag::INT);
        Some(())
    }

    fn operation(&mut self, i: Instr, operator: Operator, x: Number, y: Number) -> Option<()> {
        let constant = self.constant_of(y.0);
        if operator == Operator::Pow {
            let two = match y.1 {
                tag::INT => constant == Some(2),
                _ => constant == Some(2f64.to_bits() as i64),
            };
            return (x.1 == tag::FLOAT && two)
                .then(|| self.float_operation(i, Operator::Mul, x.0, x.0))?;
        }
        let ints = x.1 == tag::INT && y.1 == tag::INT;
        if !ints || operator == Operator::Div {
            let (p, q) = (self.as_float(x), self.as_float(y));
            return self.float_operation(i, operator, p, q);
        }
        let op = match operator {
            Operator::Add => Op::Add,
            Operator::Sub => Op::Sub,
            Operator::Mul => Op::Mul,
            Operator::And => Op::And,
            Operator::Or => Op::Or,
            Operator::Xor => Op::Xor,
            Operator::Mod | Operator::IDiv => return self.divide(i, operator, x.0, y.0),
            Operator::Shl | Operator::Shr => return self.shift(i, operator, x.0, y.0),
            Operator::Div | Operator::Pow => return None,
        };
        self.paid();
        let v = self.ints(op, x.0, y.0);
        self.int_result(i, v)
    }

    /// Integer division and its remainder.
    fn divide(&mut self, i: Instr, operator: Operator, x: V, y: V) -> Option<()> {
        let is_mod = operator == Operator::Mod;
        match self.constant_of(y) {
            Some(0 | -1) => return None,
            Some(k) if k > 0 && k & (k - 1) == 0 && is_mod => {
                self.paid();
                let mask = self.int(k - 1);
                let v = self.ints(Op::And, x, mask);
                return self.int_result(i, v);
            }
            Some(_) => {}
            None => {
                // Neither 0 nor -1: y + 1 is not below 2.
                let (one, b) = (self.int(1), self.int(2));
                let a = self.ints(Op::Add, y, one);
                self.guard(Ins { a, b, cond: Cond::Below, ..Ins::new(Op::Guard) });
            }
        }
        self.paid();
        let v = self.ints(if is_mod { Op::FloorMod } else { Op::FloorDiv }, x, y);
        self.int_result(i, v)
    }

    fn shift(&mut self, i: Instr, operator: Operator, x: V, y: V) -> Option<()> {
        let left = operator == Operator::Shl;
        self.paid();
        let v = match self.constant_of(y) {
            Some(k) if (0..64).contains(&k) => {
                let op = if left { Op::ShiftLeftK } else { Op::ShiftRightK };
                self.define(Class::General, Ins { a: x, k, ..Ins::new(op) })
            }
            _ => self.ints(if left { Op::ShiftLeft } else { Op::ShiftRight }, x, y),
        };
        self.int_result(i, v)
    }

    pub(super) fn unary(&mut self, op: B, i: Instr) -> Option<()> {
        let (a, b, site) = (self.a(i), self.b(i), self.site());
        let Some(tag) = self.number_tag(b, site.b) else {
            if !site.reached {
                return self.unseen();
            }
            // (The operand is both arguments.)
            let same = self.any(b);
            return self.by_metamethod(i, Some(same));
        };
        let op = match (op, tag) {
            (B::Unm, tag::INT) => Op::Neg,
            (B::Unm, _) => Op::NegF,
            (_, tag::INT) => Op::Not,
            _ => return None,
        };
        let x = self.want(b, tag)?;
        self.paid();
        let v = self.define(super::state::class_of(tag), Ins { a: x, ..Ins::new(op) });
        self.set_known(a, v, tag);
        Some(())
    }
}

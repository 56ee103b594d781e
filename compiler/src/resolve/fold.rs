//! Constant folding, exactly as PUC Lua 5.4 does it (`constfolding` in its `lcode.c`): arithmetic
//! and bitwise operators on numerals, never with a result of NaN or a float zero, never where the
//! operation could raise an error. `^` is left to run time, where one library computes it on every
//! machine.

use super::hir::{BinOp, Expr, UnOp};

/// A numeral.
#[derive(Clone, Copy)]
enum Num {
    Int(i64),
    Float(f64),
}

impl Num {
    fn of(e: Expr) -> Option<Num> {
        match e {
            Expr::Int(n) => Some(Num::Int(n)),
            Expr::Float(x) => Some(Num::Float(x)),
            _ => None,
        }
    }

    fn float(self) -> f64 {
        match self {
            Num::Int(n) => n as f64,
            Num::Float(x) => x,
        }
    }

    /// The integer with exactly this value.
    fn int(self) -> Option<i64> {
        match self {
            Num::Int(n) => Some(n),
            Num::Float(x) => {
                let fits = (-(2f64.powi(63))..2f64.powi(63)).contains(&x) && x.trunc() == x;
                fits.then_some(x as i64)
            }
        }
    }

    fn expr(self) -> Option<Expr> {
        match self {
            Num::Int(n) => Some(Expr::Int(n)),
            Num::Float(x) if x.is_nan() || x == 0.0 => None,
            Num::Float(x) => Some(Expr::Float(x)),
        }
    }
}

/// Is the expression a constant?
pub(super) fn is_constant(e: Expr) -> bool {
    matches!(e, Expr::Nil | Expr::True | Expr::False | Expr::Int(_) | Expr::Float(_) | Expr::Str(_))
}

/// Is `left op right` the constant `left` whatever `right` is? (PUC does not fold this, so a
/// `<const>` variable with such a value has a register.)
pub(super) fn decides(op: BinOp, left: Expr) -> bool {
    match op {
        BinOp::And => matches!(left, Expr::Nil | Expr::False),
        BinOp::Or => is_constant(left) && !matches!(left, Expr::Nil | Expr::False),
        _ => false,
    }
}

/// The value of `op e`, if it is known now.
pub(super) fn fold_unary(op: UnOp, e: Expr) -> Option<Expr> {
    match op {
        UnOp::Not => match e {
            Expr::Nil | Expr::False => Some(Expr::True),
            _ if is_constant(e) => Some(Expr::False),
            _ => None,
        },
        UnOp::Neg => match Num::of(e)? {
            Num::Int(n) => Num::Int(n.wrapping_neg()),
            Num::Float(x) => Num::Float(-x),
        }
        .expr(),
        UnOp::BNot => Some(Expr::Int(!Num::of(e)?.int()?)),
        UnOp::Len => None,
    }
}

/// The value of `left op right`, if it is known now.
pub(super) fn fold_binary(op: BinOp, left: Expr, right: Expr) -> Option<Expr> {
    match op {
        BinOp::And => {
            let continues = is_constant(left) && !matches!(left, Expr::Nil | Expr::False);
            return (continues && is_constant(right)).then_some(right);
        }
        BinOp::Or => {
            let continues = matches!(left, Expr::Nil | Expr::False);
            return (continues && is_constant(right)).then_some(right);
        }
        _ => {}
    }
    let (a, b) = (Num::of(left)?, Num::of(right)?);
    match op {
        BinOp::Add => arith(a, b, i64::wrapping_add, |x, y| x + y),
        BinOp::Sub => arith(a, b, i64::wrapping_sub, |x, y| x - y),
        BinOp::Mul => arith(a, b, i64::wrapping_mul, |x, y| x * y),
        BinOp::Div if b.float() != 0.0 => Num::Float(a.float() / b.float()),
        BinOp::IDiv if b.float() != 0.0 => arith(a, b, floor_div, |x, y| (x / y).floor()),
        BinOp::Mod if b.float() != 0.0 => arith(a, b, floor_mod, float_mod),
        BinOp::BAnd => Num::Int(a.int()? & b.int()?),
        BinOp::BOr => Num::Int(a.int()? | b.int()?),
        BinOp::BXor => Num::Int(a.int()? ^ b.int()?),
        BinOp::Shl => Num::Int(shift_left(a.int()?, b.int()?)),
        BinOp::Shr => Num::Int(shift_left(a.int()?, b.int()?.wrapping_neg())),
        _ => return None,
    }
    .expr()
}

fn arith(a: Num, b: Num, int: fn(i64, i64) -> i64, float: fn(f64, f64) -> f64) -> Num {
    match (a, b) {
        (Num::Int(a), Num::Int(b)) => Num::Int(int(a, b)),
        _ => Num::Float(float(a.float(), b.float())),
    }
}

/// Division rounding down; `b` is not 0.
fn floor_div(a: i64, b: i64) -> i64 {
    let quotient = a.wrapping_div(b);
    let inexact = a.wrapping_rem(b) != 0;
    if inexact && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// The remainder of [`floor_div`], with the sign of `b`.
fn floor_mod(a: i64, b: i64) -> i64 {
    let rest = a.wrapping_rem(b);
    if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
}

fn float_mod(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest }
}

/// Shifts by a negative count go right; bits shifted out are lost.
fn shift_left(n: i64, count: i64) -> i64 {
    match count {
        0..=63 => ((n as u64) << count) as i64,
        -63..=-1 => ((n as u64) >> -count) as i64,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_puc() {
        let int = |op, a, b| fold_binary(op, Expr::Int(a), Expr::Int(b));
        assert_eq!(int(BinOp::Add, i64::MAX, 1), Some(Expr::Int(i64::MIN)));
        assert_eq!(int(BinOp::IDiv, -7, 2), Some(Expr::Int(-4)));
        assert_eq!(int(BinOp::Mod, -7, 2), Some(Expr::Int(1)));
        assert_eq!(int(BinOp::IDiv, i64::MIN, -1), Some(Expr::Int(i64::MIN)));
        assert_eq!(int(BinOp::Mod, i64::MIN, -1), Some(Expr::Int(0)));
        assert_eq!(int(BinOp::Div, 0, 2), None);
        assert_eq!(int(BinOp::Div, 1, 2), Some(Expr::Float(0.5)));
        assert_eq!(int(BinOp::IDiv, 1, 0), None);
        assert_eq!(int(BinOp::Pow, 2, 2), None);
        assert_eq!(int(BinOp::Shl, 1, 64), Some(Expr::Int(0)));
        assert_eq!(int(BinOp::Shl, -1, -63), Some(Expr::Int(1)));
        assert_eq!(int(BinOp::Shr, 1, i64::MIN), Some(Expr::Int(0)));
        assert_eq!(fold_binary(BinOp::BAnd, Expr::Float(3.5), Expr::Int(1)), None);
        assert_eq!(fold_binary(BinOp::BAnd, Expr::Float(3.0), Expr::Int(1)), Some(Expr::Int(1)));
        assert_eq!(fold_unary(UnOp::Neg, Expr::Float(0.0)), None);
        assert_eq!(fold_unary(UnOp::BNot, Expr::Float(2f64.powi(63))), None);
    }
}

//! Arithmetic on numbers, comparison by mathematical value, and the preparation of loops.

use luka_vm::Value;
use luka_vm::value::number::float_pow;
use std::cmp::Ordering;

use super::operations::Operator;

/// Why an operator has no result for two numbers.
pub enum NoResult {
    DivideByZero,
    ModuloByZero,
    /// A float without integer value under a bitwise operator.
    NoInteger,
}

/// The integer a number is, if it is one.
pub fn integer(v: Value) -> Option<i64> {
    match (v.as_int(), v.as_float()) {
        (Some(i), _) => Some(i),
        (_, Some(f)) => integer_of(f),
        _ => None,
    }
}

/// The integer equal to a float. 2^63 is a float, the greatest integer is not.
pub fn integer_of(f: f64) -> Option<i64> {
    let in_range = f >= -(2f64.powi(63)) && f < 2f64.powi(63);
    (in_range && f.floor() == f).then_some(f as i64)
}

fn float(v: Value) -> f64 {
    match (v.as_float(), v.as_int()) {
        (Some(f), _) => f,
        (_, Some(i)) => i as f64,
        _ => f64::NAN,
    }
}

/// `x OP y` of two numbers.
pub fn combine(operator: Operator, x: Value, y: Value) -> Result<Value, NoResult> {
    use Operator::*;
    match operator {
        Band | Bor | Bxor | Shl | Shr | Bnot => {
            let a = integer(x).ok_or(NoResult::NoInteger)?;
            let b = integer(y).ok_or(NoResult::NoInteger)?;
            Ok(Value::int(match operator {
                Band => a & b,
                Bor => a | b,
                Bxor => a ^ b,
                Shl => shift(a, b as i128),
                Shr => shift(a, -(b as i128)),
                _ => !a,
            }))
        }
        Add | Sub | Mul | Unm | Idiv | Mod => match (x.as_int(), y.as_int()) {
            (Some(a), Some(b)) => of_integers(operator, a, b).map(Value::int),
            _ => Ok(Value::float(of_floats(operator, float(x), float(y)))),
        },
        Div | Pow => Ok(Value::float(of_floats(operator, float(x), float(y)))),
    }
}

/// Left by `by` bits, right if that is negative; without sign.
fn shift(a: i64, by: i128) -> i64 {
    let bits = a as u64;
    (match by {
        0..=63 => bits << by,
        -63..=-1 => bits >> -by,
        _ => 0,
    }) as i64
}

fn of_integers(operator: Operator, a: i64, b: i64) -> Result<i64, NoResult> {
    let (x, y) = (a as i128, b as i128);
    Ok(match operator {
        Operator::Add => x + y,
        Operator::Sub => x - y,
        Operator::Mul => x * y,
        Operator::Unm => -x,
        Operator::Idiv if y == 0 => return Err(NoResult::DivideByZero),
        Operator::Mod if y == 0 => return Err(NoResult::ModuloByZero),
        Operator::Idiv => floor_division(x, y),
        _ => x - floor_division(x, y) * y,
    } as i64)
}

fn floor_division(x: i128, y: i128) -> i128 {
    let quotient = x / y;
    if x % y != 0 && (x < 0) != (y < 0) { quotient - 1 } else { quotient }
}

fn of_floats(operator: Operator, a: f64, b: f64) -> f64 {
    match operator {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mul => a * b,
        Operator::Div => a / b,
        Operator::Pow => float_pow(a, b),
        Operator::Idiv => (a / b).floor(),
        Operator::Mod => {
            let rest = a % b;
            if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest }
        }
        _ => -a,
    }
}

/// The order of two numbers by mathematical value; `None` with NaN.
pub fn order(x: Value, y: Value) -> Option<Ordering> {
    match (x.as_int(), y.as_int()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        (Some(a), None) => integer_to_float(a, y.as_float()?),
        (None, Some(b)) => integer_to_float(b, x.as_float()?).map(Ordering::reverse),
        (None, None) => x.as_float()?.partial_cmp(&y.as_float()?),
    }
}

/// The order of an integer and a float, through integers that hold both: floats beyond 2^100 are
/// beyond every integer.
fn integer_to_float(i: i64, f: f64) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    let whole = f.floor().clamp(-(2f64.powi(100)), 2f64.powi(100)) as i128;
    // The float is `whole` and a part of one above it.
    let part = if f.floor() == f { Ordering::Equal } else { Ordering::Less };
    Some((i as i128).cmp(&whole).then(part))
}

/// A limit of a loop of integers; `None`: no integer is within it.
pub fn clip(limit: Value, step: i64) -> Option<i64> {
    if let Some(i) = limit.as_int() {
        return Some(i);
    }
    let f = limit.as_float()?;
    if f.is_nan() {
        return None;
    }
    let rounded = if step > 0 { f.floor() } else { f.ceil() };
    match integer_of(rounded) {
        Some(i) => Some(i),
        None if f > 0.0 => (step > 0).then_some(i64::MAX),
        None => (step < 0).then_some(i64::MIN),
    }
}

/// How many iterations of a loop follow the first.
pub fn iterations(start: i64, limit: i64, step: i64) -> u64 {
    let distance = (limit as i128 - start as i128).unsigned_abs();
    (distance / (step as i128).unsigned_abs()) as u64
}

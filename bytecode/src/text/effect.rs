//! What the instructions with windows do, in a comment: their counts are off by one or stand for
//! "up to the top", which the pseudo-code explains and nobody keeps in mind.

use std::fmt::Write;

use crate::CALL_HEADER;
use crate::instr::Instr;
use crate::ops::Op;

/// The meaning of the instruction at hand, if its operands do not say it: `R0, R1 := R3(R5)`.
/// `…` behind a register means: from here up to the top.
pub(super) fn effect(op: Op, instr: Instr) -> Option<String> {
    let (a, b, c) = (instr.a as u32, instr.b as u32, instr.c as u32);
    Some(match op {
        Op::LoadNil => format!("{} := nil", list(a, Some(b + 1))),
        Op::Concat => format!("R{a} := {}", list(a, Some(b)).replace(", ", " .. ")),
        Op::SetList => {
            let (n, first) = (instr.n as u32, instr.bx() as u64 + 1);
            let keys = match n {
                0 => format!("{first}…"),
                1 => first.to_string(),
                _ => format!("{first}..{}", first + n as u64 - 1),
            };
            format!("R{a}[{keys}] := {}", list(a + 1, n.checked_sub(1).map(|n| n + 1)))
        }
        Op::Call => assigned(a, c.checked_sub(1), &call(a, b)),
        Op::TailCall => format!("return {}", call(a, b)),
        Op::Return => format!("return {}", list(a, b.checked_sub(1))).trim_end().to_string(),
        Op::Vararg => assigned(a, c.checked_sub(1), "..."),
        Op::TForCall => {
            let callee = format!("R{a}(R{}, R{})", a + 1, a + 2);
            assigned(a + 4, Some(c), &callee)
        }
        _ => return None,
    })
}

/// A call of `R[a]` with `b - 1` arguments, or all up to the top.
fn call(a: u32, b: u32) -> String {
    format!("R{a}({})", list(a + CALL_HEADER, b.checked_sub(1)))
}

/// `value` going to `count` registers from `first` on, or all there are.
fn assigned(first: u32, count: Option<u32>, value: &str) -> String {
    match count {
        Some(0) => value.to_string(),
        _ => format!("{} := {value}", list(first, count)),
    }
}

/// Registers: `R1`, `R1, R2`, `R1..R9`, `R1…`, or nothing.
fn list(first: u32, count: Option<u32>) -> String {
    match count {
        None => format!("R{first}…"),
        Some(count @ 0..=3) => {
            let mut out = String::new();
            for register in first..first + count {
                let comma = if register == first { "" } else { ", " };
                let _ = write!(out, "{comma}R{register}");
            }
            out
        }
        Some(count) => format!("R{first}..R{}", first as u64 + count as u64 - 1),
    }
}

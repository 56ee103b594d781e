//! What the instructions with windows do, in a comment: their counts are off by one or stand for
//! "up to the top", which is hard to remember.

use std::fmt::Write;

use crate::effects::Range;
use crate::instr::Instr;
use crate::ops::OpInfo;
use crate::semantics::Class;

/// The meaning of an instruction with a window: `R0, R1 := R3(R5)`. `…` after a register means: from
/// here up to the top.
pub(super) fn effect(info: &OpInfo, instr: Instr) -> Option<String> {
    let mut reads = info.reads().map(|(from, count)| Range::of(instr, from, count));
    let writes = info.writes().map(|(from, count)| Range::of(instr, from, count)).next();
    let (first, second) = (reads.next(), reads.next());
    Some(match info.class {
        Class::LoadNil => assigned(writes?, "nil"),
        Class::Concat => assigned(writes?, &list(first?).replace(", ", " .. ")),
        Class::SetList => {
            let (table, values, from) = (first?, second?, instr.bx() as u64 + 1);
            let keys = match values.count {
                None => format!("{from}…"),
                Some(1) => from.to_string(),
                Some(count) => format!("{from}..{}", from + count as u64 - 1),
            };
            format!("R{}[{keys}] := {}", table.first, list(values))
        }
        Class::Call | Class::GenericCall => assigned(writes?, &call(first?, second?)),
        Class::TailCall => format!("return {}", call(first?, second?)),
        Class::Return => format!("return {}", list(first?)).trim_end().to_string(),
        Class::Vararg => assigned(writes?, "..."),
        // Their operands say all.
        Class::Move | Class::Load | Class::GetUpvalue | Class::SetUpvalue => return None,
        Class::Get | Class::Set | Class::Method | Class::NewTable => return None,
        Class::Arith(_) | Class::Not | Class::Length => return None,
        Class::Jump | Class::Test(_) | Class::TestSet(_) => return None,
        Class::Compare(..) | Class::RawEqual(_) => return None,
        Class::VarargPrep | Class::Closure | Class::Close | Class::ToBeClosed => return None,
        Class::NumericPrep | Class::NumericLoop => return None,
        Class::GenericPrep | Class::GenericLoop => return None,
    })
}

fn call(function: Range, arguments: Range) -> String {
    format!("R{}({})", function.first, list(arguments))
}

/// `value` going to registers.
fn assigned(to: Range, value: &str) -> String {
    match to.count {
        Some(0) => value.to_string(),
        _ => format!("{} := {value}", list(to)),
    }
}

/// Registers: `R1`, `R1, R2`, `R1..R9`, `R1…`, or nothing.
fn list(Range { first, count }: Range) -> String {
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
        Some(count) => format!("R{first}..R{}", first + count - 1),
    }
}

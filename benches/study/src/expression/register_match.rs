//! Register code in a `match` in a loop. Registers have numbers of 8 bits and there are 256, so that no
//! access needs a check.

use super::register_code::{Op, compile};
use super::tree::{Program, State};
use crate::technique::{Refused, Run, Stop};

/// Compiles to register code.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    let code = compile(program);
    let arguments = program.arguments;
    Ok(Box::new(move |steps| run::<CHECK>(&code, State::new(arguments, steps))))
}

fn run<const CHECK: bool>(code: &[Op], mut state: State) -> Result<i64, Stop> {
    let mut r = [0i64; 256];
    let mut ip = 0;
    loop {
        let op = if CHECK {
            *code.get(ip).ok_or(Stop::Code)?
        } else {
            // SAFETY: `compile` ends the code with a return, and jumps lead into it.
            unsafe { *code.get_unchecked(ip) }
        };
        ip += 1;
        match op {
            Op::Number { a, n } => r[a as usize] = n,
            Op::Argument { a, i } => r[a as usize] = state.arguments[i as usize & 1],
            Op::Move { a, b } => r[a as usize] = r[b as usize],
            Op::Add { a, b, c } => r[a as usize] = r[b as usize].wrapping_add(r[c as usize]),
            Op::AddNumber { a, b, n } => r[a as usize] = r[b as usize].wrapping_add(n),
            Op::AddArgument { a, b, i } => {
                r[a as usize] = r[b as usize].wrapping_add(state.arguments[i as usize & 1]);
            }
            Op::Exit { a, to } => {
                if r[a as usize] <= 0 {
                    ip = to as usize;
                }
            }
            Op::Jump { to } => {
                if !state.pay::<CHECK>() {
                    return Err(Stop::Steps);
                }
                ip = to as usize;
            }
            Op::Return { a } => return Ok(r[a as usize]),
        }
    }
}

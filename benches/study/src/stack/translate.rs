//! Translation to source: a verified program as Lua text, for a compiler that exists already to compile.
//! Each slot of the stack is a local variable, each jump a `goto`; steps are paid by jumps. It gets the steps
//! as `...` and returns the result.

use super::code::Op;
use super::programs::Program;
use super::verify::Verified;
use crate::technique::Refused;
use std::fmt::Write;

/// The program's text.
///
/// # Errors
/// The verifier refuses the program.
pub fn lua(program: &Program) -> Result<String, Refused> {
    let verified = Verified::new(&program.words)?;
    let depths = verified.places().filter_map(|pc| verified.depth(pc));
    // An instruction leaves at most one value more than it takes.
    let highest = depths.max().unwrap_or(0) + 1;
    let slots: Vec<String> = (0..=highest).map(|slot| format!("s{slot}")).collect();
    let mut text = String::new();
    let mut line = |line: String| writeln!(text, "{line}").expect("a string takes any text");
    line("local steps = ...".to_string());
    line(format!("local printed, {} = 0", slots.join(", ")));
    line(pay(verified.cost(0)));
    for pc in verified.places() {
        line(format!("::at{pc}::"));
        line(statement(&verified, pc));
    }
    Ok(text)
}

fn pay(cost: u16) -> String {
    format!("steps = steps - {cost} if steps < 0 then error('steps') end")
}

fn statement(verified: &Verified, pc: u32) -> String {
    let instruction = verified.instruction(pc);
    let depth = verified.depth(pc).unwrap_or(0);
    let at = depth - instruction.op.effect().0;
    let (a, b, c) = (format!("s{at}"), format!("s{}", at + 1), format!("s{}", at + 2));
    let (next, target) = (instruction.next(pc), instruction.target(pc));
    match instruction.op {
        Op::Break => "error('code')".to_string(),
        Op::Halt => "do return printed end".to_string(),
        Op::Push => format!("{a} = {}", instruction.operand as u32),
        Op::Print => format!("printed = printed + {a}"),
        Op::Swap => format!("{a}, {b} = {b}, {a}"),
        Op::Over => format!("{c} = {a}"),
        Op::Sub => format!("{a} = ({b} - {a}) % 4294967296"),
        Op::Mod => format!("if {a} == 0 then error('division') end {a} = {b} % {a}"),
        Op::Inc => format!("{a} = ({a} + 1) % 4294967296"),
        Op::Drop => String::new(),
        Op::Jump => format!("{} goto at{target}", pay(verified.cost(target))),
        Op::JumpZero => format!(
            "if {a} == 0 then {} goto at{target} end {}",
            pay(verified.cost(target)),
            pay(verified.cost(next)),
        ),
    }
}

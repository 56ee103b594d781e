//! Where statements begin: no value waits in a register there but those of variables.

use luka_bytecode::effects::{reads, writes};
use luka_bytecode::{Flow, operand};
use luka_vm::debug::runs::{active_registers, instruction};
use luka_vm::function::ProtoData;
use std::collections::HashSet;

/// Whether a statement begins at an instruction that begins a line: whatever is executed from there on,
/// registers above the variables are written before they are read.
pub fn begins_statement(function: &ProtoData, pc: usize) -> bool {
    let kept = active_registers(function, pc);
    let mut seen = HashSet::new();
    let mut paths = vec![(pc, HashSet::new())];
    while let Some((pc, mut written)) = paths.pop() {
        if !seen.insert(pc) {
            continue;
        }
        let Some(instr) = instruction(function, pc) else { continue };
        let Some(op) = instr.opcode() else { continue };
        // (Values up to the top are left by the instruction before, which is on the path.)
        if reads(instr, 0).into_iter().any(|r| r >= kept && !written.contains(&r)) {
            return false;
        }
        written.extend(writes(instr, function.max_stack as usize));
        let target = operand::jump_target(op, instr, pc).and_then(|to| usize::try_from(to).ok());
        let next: Vec<usize> = match op.info().flow {
            Flow::Next | Flow::Call => vec![pc + 1],
            Flow::Branch => std::iter::once(pc + 1).chain(target).collect(),
            Flow::Goto => target.into_iter().collect(),
            Flow::Skip => vec![pc + 1, pc + 2],
            Flow::SkipOne => vec![pc + 2],
            Flow::Return => Vec::new(),
        };
        paths.extend(next.into_iter().map(|to| (to, written.clone())));
    }
    true
}

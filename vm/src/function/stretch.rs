//! How long a function runs without a checkpoint, where the machine looks at fuel.

use luka_bytecode::{Flow, Instr, Op};

/// The most instructions of a function in succession without a checkpoint; more for short functions,
/// which are not read for it.
pub(crate) fn longest_stretch(code: &[Instr]) -> u32 {
    const SHORT: usize = 64;
    if code.len() <= SHORT {
        return SHORT as u32;
    }
    let (mut longest, mut current) = (SHORT as u32, 0);
    for i in code {
        current += 1;
        if is_checkpoint(*i) {
            longest = longest.max(current);
            current = 0;
        }
    }
    longest.max(current)
}

/// Whether the instruction always ends in a checkpoint: it leaves straight code, or its only handler
/// is a slow path.
fn is_checkpoint(i: Instr) -> bool {
    let Some(op) = i.opcode() else { return false };
    let slow = matches!(op, Op::Closure | Op::Concat | Op::Close | Op::Tbc);
    slow || matches!(op.info().flow, Flow::Goto | Flow::Return)
}

//! Lines as debuggers step over them: a line begins wherever instructions of it follow those of another.

use super::visible_code;
use crate::function::{ProtoData, ProtoObj};
use crate::heap::Gc;
use crate::stack::FrameView;
use luka_bytecode::Op;

/// The instructions of a function that begin a line, with the line. The one that sets up variable
/// arguments belongs to none. Functions without debug information have none.
pub fn line_starts(function: &ProtoData) -> Vec<(usize, u32)> {
    let mut starts = Vec::new();
    let mut before = 0;
    for (pc, &line) in function.debug.lines.iter().enumerate().take(function.code.len()) {
        if function.instr(pc).op == Op::VarargPrep as u8 {
            continue;
        }
        if line != before && line > 0 {
            starts.push((pc, line));
        }
        before = line;
    }
    starts
}

/// Whether a line begins at an instruction.
pub fn begins_line(function: &ProtoData, pc: usize) -> bool {
    let lines = &function.debug.lines;
    let prepares = |pc: usize| function.instr(pc).op == Op::VarargPrep as u8;
    let Some(&line) = lines.get(pc).filter(|&&line| line > 0) else { return false };
    pc < function.code.len()
        && !prepares(pc)
        && (pc == 0 || prepares(pc - 1) || lines.get(pc - 1) != Some(&line))
}

/// The instructions of a function that return from it.
pub fn returns(function: &ProtoData) -> Vec<usize> {
    (0..function.code.len()).filter(|&pc| is_return(function, pc)).collect()
}

/// Whether an instruction of a function returns from it.
pub fn is_return(function: &ProtoData, pc: usize) -> bool {
    let ends = [Op::Return as u8, Op::Return0 as u8, Op::Return1 as u8, Op::TailCall as u8];
    pc < function.code.len() && ends.contains(&function.instr(pc).op)
}

/// The code of a frame and the instruction it is at, unless a native runs (or seems to run) in it.
pub fn code_of(frame: &FrameView) -> Option<(Gc<ProtoObj>, usize)> {
    visible_code(frame)
}

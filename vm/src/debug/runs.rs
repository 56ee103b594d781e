//! Code as debuggers look at it. A line begins wherever instructions of it follow those of another.

use super::names::{self, Name, active_locals, value_name};
use super::visible_code;
use crate::function::dump::module_of;
use crate::function::link::unlink;
use crate::function::{ProtoData, ProtoObj};
use crate::heap::Gc;
use crate::object::proto::unmarked;
use crate::stack::FrameView;
use luka_bytecode::{Instr, Op};

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

/// An instruction of a function with plain operands: registers and constants by number.
pub fn instruction(function: &ProtoData, pc: usize) -> Option<Instr> {
    let mut one = [unmarked(*function.code.get(pc)?)];
    unlink(&mut one);
    one[0].opcode().map(|_| one[0])
}

/// What the code calls the value in a register, as `local 'x'` or `field 'n'`, seen from an instruction.
pub fn register_name(function: &ProtoData, pc: usize, register: usize) -> Option<String> {
    (pc < function.code.len()).then(|| value_name(function, pc, register))?.map(said)
}

/// What the code calls an upvalue.
pub fn upvalue_name(function: &ProtoData, n: usize) -> String {
    String::from_utf8_lossy(names::upvalue_name(function, n)).into_owned()
}

fn said(name: Name<'_>) -> String {
    format!("{} '{}'", name.what, String::from_utf8_lossy(name.name))
}

/// The registers of the variables that are active at an instruction: one past the last.
pub fn active_registers(function: &ProtoData, pc: usize) -> usize {
    active_locals(function, pc).map(|v| v.register as usize + 1).max().unwrap_or(0)
}

/// The variables that are active at an instruction, in the order of their registers: where each begins
/// and its register, which tell it from others.
pub fn active_variables(function: &ProtoData, pc: usize) -> Vec<(u32, u32)> {
    active_locals(function, pc).map(|v| (v.start_pc, v.register.into())).collect()
}

/// The instructions of a function as text, without their numbers and lines.
pub fn listing(function: Gc<ProtoObj>) -> Vec<String> {
    luka_bytecode::text::instructions(&module_of(function), 0)
}

//! The executable specification: a second interpreter, written from docs/isa.md as plainly as can
//! be, that executes every instruction of a program in the machine's place.
//!
//! * [`instructions`] — one arm for each instruction, in the order of the reference
//! * [`operations`] — `get`, `set`, `arith`, `eq`, `lt`, … as "Values and operations" says
//! * [`numbers`] — arithmetic, exact comparison, loops
//! * [`calls`] — who is called with what, and where results have to turn up
//! * [`trace`] — what an instruction read, as a number; two runs compared
//!
//! It takes the plain instructions, has no caches and no shortcuts, and shares with the machine's
//! handlers nothing but the objects they work on: it reads and writes registers, raw fields of
//! tables, cells of upvalues, and says what is to be called. What is no instruction's business is
//! the machine's own, as the reference describes it: the stack the registers lie on, native
//! functions (which are called here, where the machine carries out some in place), unwinding for
//! errors, coroutines, hooks, the collector. That frames begin with the right arguments and calls
//! end with the right results is checked here again ([`calls`]).

pub mod calls;
mod instructions;
mod numbers;
mod operations;
pub mod trace;

use luka_vm::Value;
use luka_vm::interp::at::At;
use luka_vm::interp::observe::Outcome;

/// The interpreter. It keeps nothing: all state of a program is in frames, cells and objects.
pub struct Spec;

impl Spec {
    /// Executes the instruction.
    pub fn execute(&mut self, at: &mut At<'_>) -> Outcome {
        instructions::execute(at)
    }

    /// Goes on with an instruction whose metamethod has returned.
    pub fn complete(&mut self, at: &mut At<'_>, result: Value, note: u16) -> Outcome {
        instructions::complete(at, result, note)
    }
}

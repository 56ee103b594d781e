//! The verifier: proves of a [`Module`] what the virtual machine's unchecked reads rely on.
//!
//! What it proves, function by function (`docs/isa.md` has the rules in words):
//! - `structure`: the functions form one tree in pre-order; frame sizes, parameters and captured
//!   variables are in range;
//! - `operands`: every opcode exists and every register, window, constant, upvalue and child it
//!   names exists and has the kind its role asks for;
//! - `flow`: jumps stay inside the code, control never falls off its end, and instructions that
//!   work together (loops, tail calls, VARARGPREP) are found together;
//! - `multi`: an instruction that takes "all values up to the top" directly follows the one that
//!   left them, and no jump leads between the two;
//! - `defined`: every register an instruction reads has been set on every path to it;
//! - `open`: registers that closures capture and variables to be closed are closed before the
//!   frame ends, and no call window overlaps them;
//! - `debug_info`: debug tables are as long as what they describe, and scopes nest.
//!
//! `single_pass` checks all rules about code in one walk, which is enough for nearly every function;
//! what it cannot prove is left to the passes. Both take what instructions do from the rows of the
//! opcode table.
//!
//! `facts` says what is known at single instructions of verified code, for those who read frames from
//! outside.
//!
//! Nothing is proved about the *type* of a value: `debug.setlocal` and its like may change any at
//! run time. Time and memory are linear in the module's size; nothing recurses.

mod dataflow;
mod debug_info;
mod defined;
mod error;
mod facts;
mod flow;
mod limits;
mod multi;
mod open;
mod operands;
mod registers;
mod rows;
mod single_pass;
mod structure;

pub(crate) use debug_info::{Scope, Scopes};
pub use error::VerifyError;
pub use facts::{Facts, RegisterSet, facts_at};

use crate::ops::Op;
use crate::verify::dataflow::Targets;
use crate::verify::single_pass::SinglePass;

use crate::proto::{Module, Proto};
use std::sync::atomic::{AtomicBool, Ordering};

/// A module the verifier has passed. Made only by [`verify`]; the only thing the VM loads.
#[derive(Clone, Debug)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// The verified module.
    pub fn get(&self) -> &T {
        &self.0
    }
    /// Takes the module out; changed, it needs to be verified again.
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// Checks every rule of the instruction set on every function.
///
/// # Errors
/// The first rule that is broken.
pub fn verify(module: Module) -> Result<Verified<Module>, VerifyError> {
    check(&module, || false)?;
    Ok(Verified(module))
}

/// The same, given up when the flag is set: `None`.
///
/// # Errors
/// As [`verify`].
pub fn verify_until(
    module: Module,
    stop: &AtomicBool,
) -> Result<Option<Verified<Module>>, VerifyError> {
    let complete = check(&module, || stop.load(Ordering::Relaxed))?;
    Ok(complete.then_some(Verified(module)))
}

/// Checks one function after the other; false if `stopped` said so before the end.
fn check(module: &Module, stopped: impl Fn() -> bool) -> Result<bool, VerifyError> {
    structure::check_tree(module)?;
    let (mut single_pass, mut targets) = (SinglePass::default(), Targets::default());
    for (index, proto) in module.protos.iter().enumerate() {
        if stopped() {
            return Ok(false);
        }
        let function = Function { module, index, proto };
        structure::check(&function)?;
        if !single_pass.proves(&function) {
            check_code(&function, &mut targets)?;
        } else if cfg!(debug_assertions)
            && let Err(error) = check_code(&function, &mut targets)
        {
            debug_assert!(false, "proved, but {error}");
        }
        debug_info::check(&function)?;
    }
    Ok(true)
}

/// One rule about code after the other.
fn check_code(function: &Function<'_>, targets: &mut Targets) -> Result<(), VerifyError> {
    operands::check(function)?;
    flow::check(function, targets)?;
    multi::check(function, targets)?;
    defined::check(function, targets)?;
    open::check(function, targets)
}

/// The function under examination.
struct Function<'a> {
    module: &'a Module,
    index: usize,
    proto: &'a Proto,
}

impl Function<'_> {
    /// The opcode at `pc`, after `operands::check` has found all opcodes valid. An invalid one reads
    /// as a plain jump, which no rule accepts in place of another instruction.
    fn op(&self, pc: usize) -> Option<Op> {
        self.proto.code.get(pc).map(|instr| instr.opcode().unwrap_or(Op::Jmp))
    }

    #[cold]
    fn fail(&self, message: impl Into<String>) -> VerifyError {
        VerifyError {
            proto: self.index as u32,
            line: self.proto.line_defined,
            pc: None,
            mnemonic: "",
            message: message.into(),
        }
    }

    #[cold]
    fn fail_at(&self, pc: usize, message: impl Into<String>) -> VerifyError {
        let mnemonic = self
            .proto
            .code
            .get(pc)
            .and_then(|instr| instr.opcode())
            .map_or("", |op| op.info().mnemonic);
        VerifyError {
            proto: self.index as u32,
            line: self.proto.line_defined,
            pc: Some(pc as u32),
            mnemonic,
            message: message.into(),
        }
    }
}

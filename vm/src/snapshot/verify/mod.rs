//! Proves of a machine what the interpreter, the collector and the natives rely on without a check:
//! the last gate for machines that come from outside.
//!
//! The reader has made the machine and guarantees what [`super`] says of it: that memory, references,
//! values and code are true. What is proved here relates one thing to another:
//!
//! * [`threads`]: one thread runs, resumers lead to the main thread, and each thread's frames are what
//!   its status says; with [`chain`]: frames form chains and fit; [`links`]: how functions were
//!   called; [`registers`]: what frames hold, by the facts of [`code`]; [`upvalues`]: what refers to
//!   slots;
//! * [`objects`]: marks of all objects, and that they add up; [`tables`]: chains of nodes;
//!   [`userdata`]: what natives keep there;
//! * [`collector`]: the collector's state and lists;
//! * [`machine`]: the machine's own fields.
//!
//! Every rule holds of every machine that has only run programs, wherever it has stopped.
//! docs/security.md says what relies on which rule. Time is linear in the size of the machine, but for
//! lists that are sorted, and the facts of functions that have frames, which take as long as verifying
//! their code rule by rule.

#[cfg(debug_assertions)]
#[doc(hidden)]
pub mod broken;
mod chain;
mod code;
mod collector;
mod links;
mod machine;
mod objects;
mod registers;
mod tables;
mod threads;
mod upvalues;
mod userdata;
mod violation;

pub use violation::{Area, Violation};

use crate::vm::Vm;
use violation::rule;

/// Checks every rule; changes nothing.
///
/// # Errors
/// The first rule found broken.
///
/// The machine must be as the reader of snapshots guarantees it, as is every machine that has only run
/// programs.
pub fn verify(vm: &Vm) -> Result<(), Violation> {
    // SAFETY: the machine is as the reader guarantees it (above).
    unsafe {
        threads::check_main(vm)?;
        collector::check_state(&vm.heap)?;
        let mut census = objects::walk(&vm.heap)?;
        collector::check(&vm.heap, &mut census)?;
        let upvalues = threads::check(vm, &census.threads)?;
        let listed = upvalues == census.open_upvalues;
        rule!(Upvalues, listed, "open upvalues are in the list of their thread");
    }
    machine::check(vm)
}

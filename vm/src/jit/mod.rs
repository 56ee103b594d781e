//! Native code for what runs often, for x86-64 and aarch64 Linux. docs/jit.md is a tour.
//!
//! # Invariants
//! 1. **Nothing a program or its host can see depends on native code**: whether, when or what is
//!    compiled. Where anybody can look (handlers, polls, calls and returns, exits), the frames on the
//!    VM's stack hold what the interpreter would have left there, to the last dead register.
//! 2. Whatever native code does not do itself, the interpreter's handler of the instruction does:
//!    there is one implementation of the language.
//! 3. Every exit is at the beginning of an instruction; guards come before its first effect.
//! 4. Fuel is counted as the interpreter counts it, and native code is left before a poll could be
//!    due: polls, collections and hooks are the interpreter's, at the same instruction.
//! 5. The native stack holds addresses to return to and temporary values only. It may be forgotten
//!    whenever a handler runs (see [`crate::vm::tier`]).
//!
//! # From bytecode to machine code
//! * [`hot`] — polls find what runs often; what is compiled, and what is compiled again
//! * [`record`] fills [`feedback`]: the types, callees and cache hits that were seen, and the [`path`]s by
//!   which inherited fields were found
//! * [`flow`] — loops, costs and liveness of a function's code
//! * [`build`] — bytecode to the intermediate form [`ir`], guarded by what was seen
//! * [`opt`], [`live`], [`alloc`] — what nobody uses is taken out, values get registers, which [`check`] looks over
//! * [`emit`], [`moves`], [`labels`] — machine code, as far as processors agree; `machine` is this one's:
//!   registers, encodings, each operation, and the code that units share; [`layout`] says of what parts both are
//! * [`compile`] — the stages above on one page; [`dump`] shows what they made, `disassemble` what bytes mean
//! * [`code`] — where machine code is kept; [`state`] — functions and units of a machine
//! * [`leave`] — how native code is left; [`barrier`], [`cell`], [`close`] and [`length`] — what native code calls
//! * [`stats`] counts what was done, [`report`] is what hosts see of it; `absent` is all there is in builds
//!   without native code

// What is not named is left to a handler or to a general form; `Builder::translate` names every opcode.
#![allow(clippy::wildcard_enum_match_arm)]

#[cfg(not(luka_jit))]
mod absent;
#[cfg(luka_jit)]
mod alloc;
#[cfg(luka_jit)]
mod barrier;
#[cfg(luka_jit)]
mod build;
#[cfg(luka_jit)]
mod cell;
#[cfg(luka_jit)]
mod check;
#[cfg(luka_jit)]
mod close;
#[cfg(luka_jit)]
mod code;
#[cfg(luka_jit)]
mod compile;
#[cfg(all(luka_jit, feature = "disassembler"))]
mod disassemble;
#[cfg(luka_jit)]
mod dump;
#[cfg(luka_jit)]
mod emit;
#[cfg(luka_jit)]
mod feedback;
#[cfg(luka_jit)]
mod flow;
#[cfg(luka_jit)]
mod hot;
#[cfg(luka_jit)]
mod ir;
#[cfg(luka_jit)]
mod labels;
#[cfg(luka_jit)]
mod layout;
#[cfg(luka_jit)]
mod leave;
#[cfg(luka_jit)]
mod length;
#[cfg(luka_jit)]
mod live;
#[cfg(luka_jit)]
mod moves;
#[cfg(luka_jit)]
mod opt;
#[cfg(luka_jit)]
mod path;
#[cfg(luka_jit)]
mod record;
mod report;
#[cfg(luka_jit)]
mod state;
#[cfg(luka_jit)]
mod stats;

// (Its encoder is tested wherever there is native code.)
#[cfg(all(luka_jit, any(target_arch = "aarch64", test)))]
mod a64;
#[cfg(all(luka_jit, target_arch = "x86_64"))]
mod x64;
#[cfg(all(luka_jit, target_arch = "aarch64"))]
use a64 as machine;
#[cfg(all(luka_jit, target_arch = "x86_64"))]
use x64 as machine;

pub use report::{ExitCount, JitStats};

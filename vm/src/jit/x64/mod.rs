//! Machine code for x86-64.
//!
//! Registers: `rbx` the frame's first register, `r14` the fuel that is left of the slice in bytes of
//! instructions, `r15` the machine; `rax`, `rcx`, `rdx`, `xmm14` and `xmm15` are scratch. The others hold
//! values, and no call keeps them.

mod asm;
mod calls;
mod emit;
mod find;
mod floats;
mod guards;
mod heap;
mod integers;
mod leaves;
mod moves;
mod next;
mod stubs;
#[cfg(test)]
mod tests;

pub(super) use asm::Asm;
pub(super) use emit::frame_bytes;
pub(super) use stubs::stubs;

use asm::*;

/// Registers that values may be in.
pub(super) const GENERAL: [u8; 9] = [RSI, RDI, R8, R9, R10, R11, R12, R13, RBP];

/// Float registers that values may be in: the first ones.
pub(super) const FLOATS: u8 = 14;

/// The registers of the frame's first register and of fuel.
pub(super) const BASE: usize = RBX as usize;
pub(super) const FUEL: usize = R14 as usize;

/// Registers that hold a value of each class between two moves.
pub(super) const SCRATCH: u8 = RAX;
pub(super) const SCRATCH_FLOAT: u8 = X15;

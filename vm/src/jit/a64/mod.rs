//! Machine code for aarch64.
//!
//! Registers: `x19` the frame's first register, `x20` the fuel that is left of the slice in bytes of
//! instructions, `x21` the machine; `x8` to `x12`, `x16`, `x17`, `v30` and `v31` are scratch. `x18` is the
//! platform's, and `x29` stays what the functions that have called us made it. The others hold values, and no
//! call keeps them.
//!
//! A native frame begins with its slots and ends with the address to return to. Where the stack pointer
//! is set back to the machine's own ([`crate::vm::tier`]), the address that handlers return to is read there.

mod asm;
#[cfg(target_arch = "aarch64")]
mod calls;
#[cfg(target_arch = "aarch64")]
mod emit;
#[cfg(target_arch = "aarch64")]
mod find;
#[cfg(target_arch = "aarch64")]
mod floats;
#[cfg(target_arch = "aarch64")]
mod guards;
#[cfg(target_arch = "aarch64")]
mod heap;
#[cfg(target_arch = "aarch64")]
mod integers;
#[cfg(target_arch = "aarch64")]
mod leaves;
#[cfg(target_arch = "aarch64")]
mod moves;
#[cfg(target_arch = "aarch64")]
mod next;
#[cfg(target_arch = "aarch64")]
mod registers;
#[cfg(target_arch = "aarch64")]
mod stubs;
#[cfg(test)]
mod tests;

#[cfg(target_arch = "aarch64")]
pub(super) use asm::Asm;
#[cfg(target_arch = "aarch64")]
pub(super) use emit::frame_bytes;
#[cfg(target_arch = "aarch64")]
pub(super) use registers::{BASE, FLOATS, FUEL, GENERAL, SCRATCH, SCRATCH_FLOAT};
#[cfg(target_arch = "aarch64")]
pub(super) use stubs::stubs;

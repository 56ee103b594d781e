//! How a machine with native code is entered, from Rust, in the processor's own words.

use super::dispatch::go;
use super::machine::Machine;
use crate::vm::Vm;
use crate::vm::tier::Tier;
use std::mem::offset_of;

/// Native frames may take so many bytes of the native stack; then those there are are forgotten, and
/// the stack is free again.
const STACK: usize = 64 << 10;

/// Where the stack pointer of handlers and the end of the native stack are noted.
const SP: usize = offset_of!(Vm, tier) + offset_of!(Tier, sp);
const LIMIT: usize = offset_of!(Vm, tier) + offset_of!(Tier, limit);

/// Runs the machine from the state in the [`Vm`], with a native stack for native code: what is called
/// here finds the stack pointer that is noted, and every handler and native function may go back to it.
///
/// # Safety
/// `ip` and `base` describe a Lua frame of verified code.
pub(super) unsafe fn enter(vm: *mut Vm) -> u32 {
    // SAFETY: the caller.
    unsafe { enter_at(vm, start) }
}

/// The first handler of a run.
unsafe extern "C" fn start(vm: *mut Vm) -> u32 {
    // SAFETY: the caller, which is `Vm::run_machine`.
    unsafe { go!(Machine::load(vm)) }
}

/// Calls the handler with all registers kept that functions keep: native code keeps none.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn enter_at(vm: *mut Vm, first: unsafe extern "C" fn(*mut Vm) -> u32) -> u32 {
    // The address that `call` pushes is where the stack pointer is for handlers.
    std::arch::naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "lea rax, [rsp - 8]",
        "mov [rdi + {sp}], rax",
        "sub rax, {stack}",
        "mov [rdi + {limit}], rax",
        "call rsi",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        sp = const SP,
        limit = const LIMIT,
        stack = const STACK,
    )
}

/// Calls the handler with all registers kept that functions keep: native code keeps none. The word at the
/// stack pointer of handlers is the address they return to: native code that forgets its frames reads it there.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn enter_at(vm: *mut Vm, first: unsafe extern "C" fn(*mut Vm) -> u32) -> u32 {
    std::arch::naked_asm!(
        "sub sp, sp, #176",
        "stp x29, x30, [sp, #16]",
        "stp x19, x20, [sp, #32]",
        "stp x21, x22, [sp, #48]",
        "stp x23, x24, [sp, #64]",
        "stp x25, x26, [sp, #80]",
        "stp x27, x28, [sp, #96]",
        "stp d8, d9, [sp, #112]",
        "stp d10, d11, [sp, #128]",
        "stp d12, d13, [sp, #144]",
        "stp d14, d15, [sp, #160]",
        "add x29, sp, #16",
        "adr x9, 2f",
        "str x9, [sp]",
        "mov x9, sp",
        "str x9, [x0, #{sp}]",
        "sub x9, x9, #{stack}",
        "str x9, [x0, #{limit}]",
        "blr x1",
        "2:",
        "ldp x29, x30, [sp, #16]",
        "ldp x19, x20, [sp, #32]",
        "ldp x21, x22, [sp, #48]",
        "ldp x23, x24, [sp, #64]",
        "ldp x25, x26, [sp, #80]",
        "ldp x27, x28, [sp, #96]",
        "ldp d8, d9, [sp, #112]",
        "ldp d10, d11, [sp, #128]",
        "ldp d12, d13, [sp, #144]",
        "ldp d14, d15, [sp, #160]",
        "add sp, sp, #176",
        "ret",
        sp = const SP,
        limit = const LIMIT,
        stack = const STACK,
    )
}

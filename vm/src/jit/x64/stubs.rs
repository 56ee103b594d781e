//! Code that all units of a machine share:
//!
//! * `handler` calls the handler at `rax` for the instruction at `rsi` with the constants at `rcx`, and what the
//!   handler calls; `step` calls the handler only
//! * `leave` leaves the unit in `rcx` by the exit in `eax`
//! * `barrier` tells the collector of a store in the object `rax`: `rdx` and `ecx` are the last arguments of
//!   [`Barrier`]
//! * `free_cell` looks for a free cell of the class `rax`: its address comes back there, or 0
//! * [`find`] has the last two

use super::asm::*;
use super::calls::{entries_of_frame, returned};
use super::emit::{of_tier, of_vm};
use super::{FLOATS, GENERAL, find, next};
use crate::function::LuaFn;
use crate::jit::ir::Cond;
use crate::jit::labels::Label;
use crate::jit::layout::{Barrier, FreeCell, Layout, Leave};
use crate::jit::leave::{Entry, GOES_CHEAPLY};
use crate::stack::link::{HEADER, SLOT};
use crate::vm::Vm;
use crate::vm::tier::{Entries, Saved, Tier};
use std::mem::offset_of;

const TB: Rm = of_vm(offset_of!(Vm, tb));
const TABLE: Rm = of_tier(offset_of!(Tier, table));
const SP: Rm = of_tier(offset_of!(Tier, sp));

pub(in crate::jit) fn stubs(leave: Leave, barrier: Barrier, free_cell: FreeCell) -> Option<Layout> {
    let mut a = Asm::default();
    let at = |a: &Asm| a.code.len();

    let back = at(&a);
    a.zero(RAX);
    a.ret();

    let (ended, goes_elsewhere) = (a.label(), a.label());
    let step_label = a.label();
    a.align(16);
    let step = at(&a);
    a.bind(step_label);
    execute(&mut a, ended);
    a.ret();

    let (here, called) = (a.label(), a.label());
    a.align(16);
    let handler = at(&a);
    execute(&mut a, ended);
    a.bind(here);
    a.mov(R14, Rm::Reg(R8));
    a.alu(Alu::Sub, R14, Rm::Reg(RSI));
    a.alu(Alu::Cmp, RDX, Rm::Reg(RBX));
    a.jump_if(Cond::NotEqual, called);
    a.ret();

    // Another frame, or the stack has moved. A function that has been called (a metamethod, an iterator, what a
    // native function calls) runs its native code, and the handler of its RETURN goes on with the instruction.
    a.bind(called);
    a.jump_if(Cond::Below, goes_elsewhere);
    a.alu(Alu::Cmp, RSP, of_tier(offset_of!(Tier, limit)));
    a.jump_if(Cond::Below, goes_elsewhere);
    entries_of_frame(&mut a, goes_elsewhere);
    a.push(RBX);
    a.mov(RBX, Rm::Reg(RDX));
    a.call_rm(Rm::At(RAX, offset_of!(Entries, body) as i32));
    returned(&mut a);
    a.call(step_label);
    a.pop(RBX);
    a.jump(here);

    // The machine is left with a status.
    a.bind(ended);
    a.mov(RCX, TABLE);
    a.store(TB, RCX);
    a.mov(RSP, SP);
    a.ret();

    a.align(16);
    let elsewhere = at(&a);
    a.bind(goes_elsewhere);
    note_work(&mut a);
    dispatch(&mut a);

    a.align(16);
    let leave_at = at(&a);
    for r in GENERAL.into_iter().chain([RBX, R14]) {
        a.store(saved(r), r);
    }
    for x in 0..FLOATS {
        a.store_sd(saved_float(x), x);
    }
    a.mov(RDI, Rm::Reg(R15));
    a.mov(RSI, Rm::Reg(RCX));
    a.mov32(RDX, Rm::Reg(RAX));
    a.mov(RCX, Rm::Reg(RSP));
    a.imm(RAX, leave as usize as i64);
    a.call_rm(Rm::Reg(RAX));
    // `rax` is the handler to go on with.
    a.mov(RSI, of_vm(offset_of!(Vm, ip)));
    a.mov(RDX, of_vm(offset_of!(Vm, base)));
    a.mov(R8, of_vm(offset_of!(Vm, fuel)));
    a.alu(Alu::Add, R8, Rm::Reg(RSI));
    with_frame(&mut a);
    a.mov(R9, TB);
    a.mov(RSP, SP);
    a.jump_rm(Rm::Reg(RAX));

    a.align(16);
    let barrier_at = at(&a);
    call_keeping(&mut a, barrier as usize);

    a.align(16);
    let free_cell_at = at(&a);
    call_keeping(&mut a, free_cell as usize);

    a.align(16);
    let interpret = at(&a);
    a.mov(RDX, Rm::Reg(RBX));
    a.mov(RAX, CLOSURE);
    a.mov(RSI, Rm::At(RAX, offset_of!(LuaFn, code) as i32));
    a.lea(R8, Rm::Indexed(R14, RSI, 0, 0));
    note_work(&mut a);
    dispatch(&mut a);

    a.align(16);
    let find_own = at(&a);
    find::own(&mut a);

    a.align(16);
    let find_field = at(&a);
    find::field(&mut a);

    a.align(16);
    let value_of_int = at(&a);
    find::value_of_int(&mut a);

    a.align(16);
    let next = at(&a);
    next::next(&mut a);

    Some(Layout {
        code: a.finish()?,
        back,
        handler,
        step,
        elsewhere,
        leave: leave_at,
        barrier: barrier_at,
        free_cell: free_cell_at,
        interpret,
        find_own,
        find_field,
        value_of_int,
        next,
    })
}

/// Calls a function with the machine and `rax`, whose result comes back there. All registers that values may be in
/// are kept.
fn call_keeping(a: &mut Asm, function: usize) {
    for r in GENERAL {
        a.store(saved(r), r);
    }
    for x in 0..FLOATS {
        a.store_sd(saved_float(x), x);
    }
    a.mov(RDI, Rm::Reg(R15));
    a.mov(RSI, Rm::Reg(RAX));
    a.imm(RAX, function as i64);
    a.alu_k(Alu::Sub, Rm::Reg(RSP), 8);
    a.call_rm(Rm::Reg(RAX));
    a.alu_k(Alu::Add, Rm::Reg(RSP), 8);
    for r in GENERAL {
        a.mov(r, saved(r));
    }
    for x in 0..FLOATS {
        a.movsd(x, saved_float(x));
    }
    a.ret();
}

/// Where a register is saved.
pub(super) fn saved(r: u8) -> Rm {
    of_tier(offset_of!(Tier, saved) + offset_of!(Saved, general) + r as usize * 8)
}

fn saved_float(x: u8) -> Rm {
    of_tier(offset_of!(Tier, saved) + offset_of!(Saved, floats) + x as usize * 8)
}

/// Calls the handler at `rax` for the instruction at `rsi`, and goes to `ended` if the machine stops.
fn execute(a: &mut Asm, ended: Label) {
    a.mov(RDI, Rm::Reg(R15));
    a.mov(RDX, Rm::Reg(RBX));
    a.lea(R8, Rm::Indexed(R14, RSI, 0, 0));
    a.mov(R9, of_tier(offset_of!(Tier, back)));
    a.alu_k(Alu::Sub, Rm::Reg(RSP), 8);
    // (The address the handler returns to is here, and not in a unit, which may be gone then: a handler
    // may go on in the interpreter for long.)
    a.call_rm(Rm::Reg(RAX));
    a.alu_k(Alu::Add, Rm::Reg(RSP), 8);
    a.test32(RAX);
    a.jump_if(Cond::NotEqual, ended);
}

/// The closure of the frame at `rdx`.
const CLOSURE: Rm = Rm::At(RDX, -((HEADER * SLOT) as i32));

/// The machine, and the constants of the function with the frame at `rdx`.
fn with_frame(a: &mut Asm) {
    a.mov(RDI, Rm::Reg(R15));
    a.mov(RCX, CLOSURE);
    a.mov(RCX, Rm::At(RCX, offset_of!(LuaFn, k) as i32));
}

/// Notes at the entry by which native code was entered what has been done since, with the fuel in `r8` and the
/// instruction at `rsi`. Uses `r10` and `r11`.
fn note_work(a: &mut Asm) {
    let done = a.label();
    a.mov(R11, of_tier(offset_of!(Tier, entry)));
    a.test(R11);
    a.jump_if(Cond::Equal, done);
    a.mov(R10, of_tier(offset_of!(Tier, entered)));
    a.alu(Alu::Sub, R10, Rm::Reg(R8));
    a.alu(Alu::Add, R10, Rm::Reg(RSI));
    // (A handler may have begun another slice.)
    a.jump_if(Cond::Less, done);
    a.alu_k(Alu::Add, Rm::Reg(R10), GOES_CHEAPLY as i32);
    a.alu_to(Alu::Add, Rm::At(R11, offset_of!(Entry, work) as i32), R10);
    a.mov(R10, Rm::At(R11, offset_of!(Entry, times) as i32));
    a.alu_k(Alu::Add, Rm::Reg(R10), 1);
    a.store(Rm::At(R11, offset_of!(Entry, times) as i32), R10);
    a.bind(done);
}

/// The interpreter goes on with the instruction at `rsi`, the frame at `rdx` and the fuel in `r8`; native
/// frames are forgotten.
fn dispatch(a: &mut Asm) {
    with_frame(a);
    a.mov(R9, TABLE);
    a.store(TB, R9);
    a.mov(RSP, SP);
    a.load8(RAX, Rm::At(RSI, 0));
    a.jump_rm(Rm::Indexed(R9, RAX, 3, 0));
}

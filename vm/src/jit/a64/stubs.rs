//! Code that all units of a machine share:
//!
//! * `handler` calls the handler at `S0` for the instruction at `TO_IP` with the constants at `TO_K`, and what the
//!   handler calls; `step` calls the handler only, and leaves the frame, the instruction and the fuel in the
//!   registers of a handler's arguments
//! * `leave` leaves the unit in `S1` by the exit in `S0`
//! * `barrier` tells the collector of a store in the object `S0`: `S2` and `S1` are the last arguments of
//!   [`Barrier`]
//! * `free_cell` looks for a free cell of the class `S0`: its address comes back there, or 0
//! * [`find`] has the others

use super::asm::*;
use super::calls::{call_body, entries_of_frame, returned};
use super::emit::{of_tier, of_vm};
use super::registers::*;
use super::{find, next};
use crate::function::LuaFn;
use crate::jit::ir::Cond;
use crate::jit::labels::Label;
use crate::jit::layout::{Barrier, FreeCell, Layout, Leave};
use crate::jit::leave::{Entry, GOES_CHEAPLY};
use crate::stack::link::{HEADER, SLOT};
use crate::vm::Vm;
use crate::vm::tier::{Saved, Tier};
use std::mem::offset_of;

/// The closure of the frame at `TO_BASE`.
const CLOSURE: Mem = Mem::At(TO_BASE, -((HEADER * SLOT) as i64));

pub(in crate::jit) fn stubs(leave: Leave, barrier: Barrier, free_cell: FreeCell) -> Option<Layout> {
    let mut a = Asm::default();
    let at = |a: &mut Asm| {
        a.align(16);
        a.code.len()
    };

    let back = at(&mut a);
    a.imm(0, 0);
    a.ret();

    let (ended, goes_elsewhere) = (a.label(), a.label());
    let step_label = a.label();
    let step = at(&mut a);
    a.bind(step_label);
    execute(&mut a, ended);
    a.ret();

    let (here, called) = (a.label(), a.label());
    let handler = at(&mut a);
    execute(&mut a, ended);
    a.bind(here);
    a.alu(Alu::Sub, F, TO_FUEL, TO_IP);
    a.compare(TO_BASE, B);
    a.jump_if(Cond::NotEqual, called);
    a.ret();

    // Another frame, or the stack has moved. A function that has been called (a metamethod, an iterator, what a
    // native function calls) runs its native code, and the handler of its RETURN goes on with the instruction.
    a.bind(called);
    a.jump_if(Cond::Below, goes_elsewhere);
    a.mov_sp(S0, SP);
    a.load(S1, of_tier(offset_of!(Tier, limit)));
    a.compare(S0, S1);
    a.jump_if(Cond::Below, goes_elsewhere);
    entries_of_frame(&mut a, goes_elsewhere);
    a.push_link();
    a.push(B);
    a.mov(B, TO_BASE);
    call_body(&mut a, S0);
    returned(&mut a);
    a.call(step_label);
    a.pop(B);
    a.pop_link();
    a.jump(here);

    // The machine is left with a status.
    a.bind(ended);
    a.leave_native();
    a.forget_frames();
    a.ret();

    let elsewhere = at(&mut a);
    a.bind(goes_elsewhere);
    note_work(&mut a);
    dispatch(&mut a);

    let leave_at = at(&mut a);
    for r in GENERAL.into_iter().chain([B, F]) {
        a.store(saved(r), r);
    }
    for x in 0..FLOATS {
        a.access(Access::StoreF, x, saved_float(x));
    }
    a.mov(0, VM);
    a.mov(1, S1);
    a.mov(2, S0);
    a.mov_sp(3, SP);
    a.imm(S0, leave as usize as i64);
    a.call_register(S0);
    // What it returns is the handler to go on with.
    a.mov(S0, 0);
    a.load(TO_IP, of_vm(offset_of!(Vm, ip)));
    a.load(TO_BASE, of_vm(offset_of!(Vm, base)));
    a.load(TO_FUEL, of_vm(offset_of!(Vm, fuel)));
    a.alu(Alu::Add, TO_FUEL, TO_FUEL, TO_IP);
    with_frame(&mut a);
    a.load(TO_TABLE, of_vm(offset_of!(Vm, tb)));
    a.forget_frames();
    a.jump_register(S0);

    let barrier_at = at(&mut a);
    call_keeping(&mut a, barrier as usize);

    let free_cell_at = at(&mut a);
    call_keeping(&mut a, free_cell as usize);

    let interpret = at(&mut a);
    a.mov(TO_BASE, B);
    a.load(S0, CLOSURE);
    a.load(TO_IP, Mem::At(S0, offset_of!(LuaFn, code) as i64));
    a.alu(Alu::Add, TO_FUEL, F, TO_IP);
    note_work(&mut a);
    dispatch(&mut a);

    let find_own = at(&mut a);
    find::own(&mut a);

    let find_field = at(&mut a);
    find::field(&mut a);

    let value_of_int = at(&mut a);
    find::value_of_int(&mut a);

    let next = at(&mut a);
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

/// Calls a function with the machine, `S0`, `S2` and `S1`; its result comes back in `S0`. All registers that values may
/// be in are kept.
fn call_keeping(a: &mut Asm, function: usize) {
    let changed = || GENERAL.into_iter().filter(|&r| is_changed(r));
    let changed_floats = || (0..FLOATS).filter(|&x| is_changed_float(x));
    for r in changed() {
        a.store(saved(r), r);
    }
    for x in changed_floats() {
        a.access(Access::StoreF, x, saved_float(x));
    }
    a.mov(0, VM);
    a.mov(1, S0);
    a.mov(2, S2);
    a.mov(3, S1);
    a.imm(S0, function as i64);
    a.push_link();
    a.call_register(S0);
    a.pop_link();
    a.mov(S0, 0);
    for r in changed() {
        a.load(r, saved(r));
    }
    for x in changed_floats() {
        a.access(Access::LoadF, x, saved_float(x));
    }
    a.ret();
}

/// Where a register is saved.
pub(super) fn saved(r: u8) -> Mem {
    of_tier(offset_of!(Tier, saved) + offset_of!(Saved, general) + r as usize * 8)
}

fn saved_float(x: u8) -> Mem {
    of_tier(offset_of!(Tier, saved) + offset_of!(Saved, floats) + x as usize * 8)
}

/// Calls the handler at `S0` for the instruction at `TO_IP`, and goes to `ended` if the machine stops.
fn execute(a: &mut Asm, ended: Label) {
    a.mov(TO_VM, VM);
    a.mov(TO_BASE, B);
    a.alu(Alu::Add, TO_FUEL, F, TO_IP);
    a.load(TO_TABLE, of_tier(offset_of!(Tier, back)));
    // (The address the handler returns to is here, and not in a unit, which may be gone then: a handler
    // may go on in the interpreter for long.)
    a.push_link();
    a.call_register(S0);
    a.pop_link();
    a.jump_unless_zero32(0, ended);
}

/// The machine, and the constants of the function with the frame at `TO_BASE`.
fn with_frame(a: &mut Asm) {
    a.mov(TO_VM, VM);
    a.load(TO_K, CLOSURE);
    a.load(TO_K, Mem::At(TO_K, offset_of!(LuaFn, k) as i64));
}

/// Notes at the entry by which native code was entered what has been done since, with the fuel in `TO_FUEL`
/// and the instruction at `TO_IP`.
fn note_work(a: &mut Asm) {
    let done = a.label();
    a.load(S3, of_tier(offset_of!(Tier, entry)));
    a.jump_if_zero(S3, done);
    a.load(S4, of_tier(offset_of!(Tier, entered)));
    a.alu(Alu::Sub, S4, S4, TO_FUEL);
    a.alu(Alu::Adds, S4, S4, TO_IP);
    // (A handler may have begun another slice.)
    a.jump_if(Cond::Less, done);
    a.add_k(S4, S4, GOES_CHEAPLY as i64);
    let (work, times) = (offset_of!(Entry, work) as i64, offset_of!(Entry, times) as i64);
    a.load(S5, Mem::At(S3, work));
    a.alu(Alu::Add, S5, S5, S4);
    a.store(Mem::At(S3, work), S5);
    a.load(S5, Mem::At(S3, times));
    a.add_k(S5, S5, 1);
    a.store(Mem::At(S3, times), S5);
    a.bind(done);
}

/// The interpreter goes on with the instruction at `TO_IP`, the frame at `TO_BASE` and the fuel in `TO_FUEL`;
/// native frames are forgotten.
fn dispatch(a: &mut Asm) {
    with_frame(a);
    a.leave_native();
    a.forget_frames();
    a.access(Access::Load1, S0, Mem::At(TO_IP, 0));
    a.load(S0, Mem::Indexed(TO_TABLE, S0, true));
    a.jump_register(S0);
}

//! The loop that handlers return to, in builds where they do not jump to each other.
//!
//! A handler that is called leaves the registers in the [`Vm`] and returns a status. Where dispatch is
//! by a `match`, the usual handlers are part of the loop instead: the registers stay in variables, and
//! going on is a jump. Both are made of the same source, whose result is an [`Ending`].

use super::dispatch::{CONTINUE, Table};
use super::machine::Machine;
#[cfg(luka_match)]
use super::table::{HANDLERS, execute};
use crate::vm::Vm;

/// Handler status: the slice of fuel is used up.
pub(super) const POLL: u32 = u32::MAX;

/// What a handler returns to the loop.
pub(crate) trait Ending {
    /// Goes on with the instruction the registers are at.
    ///
    /// # Safety
    /// They are the registers of a handler.
    unsafe fn go(m: Machine) -> Self;

    /// The registers are in the [`Vm`]: goes on from there if the status is [`CONTINUE`].
    fn status(status: u32) -> Self;
}

impl Ending for u32 {
    #[inline(always)]
    unsafe fn go(m: Machine) -> u32 {
        // SAFETY: the caller.
        unsafe { m.save() };
        CONTINUE
    }
    #[inline(always)]
    fn status(status: u32) -> u32 {
        status
    }
}

/// How a handler that is part of the loop ends.
#[cfg(luka_match)]
pub(super) enum Flow {
    Go(Machine),
    Status(u32),
}

#[cfg(luka_match)]
impl Ending for Flow {
    #[inline(always)]
    unsafe fn go(m: Machine) -> Flow {
        Flow::Go(m)
    }
    #[inline(always)]
    fn status(status: u32) -> Flow {
        Flow::Status(status)
    }
}

impl Vm {
    /// Runs from the state in the machine until it exits; the status says why. The state may be in
    /// straight code: fuel is not looked at first.
    pub(crate) fn run_machine(&mut self) -> u32 {
        loop {
            // SAFETY: `ip` and `base` describe a Lua frame of verified code, and so they do wherever
            // a handler leaves them.
            let status = match unsafe { run(self) } {
                POLL => self.look_up(),
                status => status,
            };
            if status != CONTINUE {
                return status;
            }
        }
    }
}

/// Runs until the slice of fuel is used up, the machine is left, or the table is another. (It is not
/// part of its caller because engines of WebAssembly use optimised code from the next call on.)
#[inline(never)]
unsafe fn run(vm: *mut Vm) -> u32 {
    // SAFETY: the caller: the registers in the `Vm` are at an instruction of verified code.
    unsafe {
        let mut m = Machine::load(vm);
        #[cfg(luka_match)]
        if std::ptr::eq(m.tb, &HANDLERS) {
            loop {
                match execute(m) {
                    Flow::Go(to) => m = Machine { vm, tb: m.tb, ..to },
                    Flow::Status(CONTINUE) if (*vm).tb == m.tb => m = Machine::load(vm),
                    Flow::Status(status) => return status,
                }
            }
        }
        loop {
            let status = Table::handler(m.tb, m.ip)(m.vm, m.ip, m.base, m.k, m.fuel, m.tb);
            if status != CONTINUE || (*vm).tb != m.tb {
                return status;
            }
            m = Machine::load(vm);
        }
    }
}

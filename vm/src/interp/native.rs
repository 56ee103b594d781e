//! Where the interpreter meets native code (see [`crate::vm::tier`]).

use super::dispatch::{Handler, Ip, Table, handlers, tail};
use super::machine::{Machine, closure};
use super::table::HANDLERS;
use crate::object::proto::NATIVE;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::tier::Entries;

/// The handlers of instructions, whatever table is in use.
pub(crate) fn interpreted() -> *const Table {
    &HANDLERS
}

/// Where native code begins at an instruction of the running frame, if it does: what a handler is given is
/// what it wants.
///
/// # Safety
/// They are the running frame's, which is one of a function of the language.
pub(crate) unsafe fn entry(vm: *const Vm, ip: Ip, base: *mut Value) -> Option<Handler> {
    // SAFETY: the caller; listed functions have an address for each of their instructions.
    unsafe {
        let cl = closure(base);
        let number = (*(*cl).proto).native;
        if number == 0 {
            return None;
        }
        let entries: *const Entries = *(*vm).tier.functions.add(number as usize);
        let at = *(*entries).at.add(ip.offset_from((*cl).code) as usize);
        (at != 0).then(|| std::mem::transmute::<usize, Handler>(at))
    }
}

handlers! {
    /// Native code begins at this instruction.
    #[inline(never)]
    fn op_native(m) {
        let cl = closure(m.base);
        let entries: *const Entries =
            *(*m.vm).tier.functions.add((*(*cl).proto).native as usize);
        let at = *(*entries).at.add(m.ip.offset_from((*cl).code) as usize);
        // What `op_native` is given is what native code wants.
        let handler: Handler = std::mem::transmute::<usize, Handler>(at);
        tail!(m, handler)
    }
    /// Every instruction while the compiler wants to know.
    #[inline(never)]
    fn op_record(m) {
        // (A debugger's mark was looked at before this.)
        if (*m.ip).op & NATIVE == 0 || (*m.vm).debugging.is_some() {
            record(&mut *m.vm, m.ip, m.base);
        }
        let m = Machine { tb: (*m.vm).tb, ..m };
        let handler = match &(*m.vm).debugging {
            Some(_) => Table::interpreted((*m.vm).plain, m.ip),
            None => Table::handler(&HANDLERS, m.ip),
        };
        tail!(m, handler)
    }
}

#[inline(never)]
unsafe fn record(vm: &mut Vm, ip: Ip, base: *mut Value) {
    if let Some(events) = vm.tier.events {
        // SAFETY: the handler's registers are the running frame's.
        unsafe { (events.record)(vm, ip, base) }
    }
}

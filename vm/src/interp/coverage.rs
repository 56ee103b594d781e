//! Counting what is executed of functions that come from files. While a machine does, every
//! instruction goes through [`op_cover`] by another handler table, as with `--profile-ops`; otherwise
//! it costs nothing.

use super::dispatch::{Ip, Table, handlers, tail};
use super::machine::closure;
use crate::function::ProtoObj;
use crate::heap::Gc;
use crate::value::Value;
use crate::vm::Vm;
pub use crate::vm::coverage::{Chunk, Count, Counts, Coverage};

impl Vm {
    /// Starts to count what is executed of functions that come from files; instructions while a line
    /// hook or an observer is in force are not counted.
    pub fn cover(&mut self) {
        self.coverage = Some(Box::new(Coverage::new()));
        self.update_dispatch();
    }

    /// What was counted since [`Vm::cover`].
    pub fn coverage(&self) -> Option<&Coverage> {
        self.coverage.as_deref()
    }

    /// Counts the instruction at `ip`, which is of another function than the last one.
    ///
    /// # Safety
    /// It is of the function of the language with registers at `base`.
    #[cold]
    #[inline(never)]
    unsafe fn cover_function(&mut self, ip: Ip, base: *mut Value) {
        // SAFETY: the caller.
        let proto: Gc<ProtoObj> = unsafe { Gc::from_ptr((*closure(base)).proto) };
        let Some(coverage) = &mut self.coverage else { return };
        if let Some(proto) = coverage.enter(proto) {
            self.heap.covered.push(proto);
        }
        if let Some(at) = coverage.index(ip as usize) {
            coverage.count(at);
        }
    }
}

handlers! {
    /// Every instruction while the machine covers.
    #[inline(never)]
    fn op_cover(m) {
        if let Some(coverage) = &mut (*m.vm).coverage {
            match coverage.index(m.ip as usize) {
                Some(at) => coverage.count(at),
                None => (*m.vm).cover_function(m.ip, m.base),
            }
        }
        tail!(m, Table::interpreted((*m.vm).plain, m.ip))
    }
}

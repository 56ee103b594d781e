//! The faults that threads hold on to; they count as memory.

use crate::heap::{Gc, size};
use crate::object::fault::ThreadFaults;
use crate::object::thread::Thread;
use crate::vm::Vm;

impl Vm {
    /// A thread's faults, which do not change while the machine is borrowed.
    pub(crate) fn faults_of(&self, thread: Gc<Thread>) -> Option<&ThreadFaults> {
        // SAFETY: the thread is live, and stays so: nothing is collected meanwhile.
        unsafe { (*thread.as_ptr()).faults.as_deref() }
    }

    /// Lets `f` change a thread's faults. Only the running thread may be given values: the collector
    /// visits it again without being told.
    pub(crate) fn update_faults<R>(
        &mut self,
        thread: Gc<Thread>,
        f: impl FnOnce(&mut Option<Box<ThreadFaults>>) -> R,
    ) -> R {
        self.touch_thread(thread);
        // SAFETY: the thread is live, and nobody holds a reference to its faults: that would borrow
        // the machine.
        let faults = unsafe { &mut (*thread.as_ptr()).faults };
        let before = faults.is_some();
        let result = f(faults);
        match (before, faults.is_some()) {
            (false, true) => self.heap.account(size::FAULTS),
            (true, false) => self.heap.release(size::FAULTS),
            _ => {}
        }
        result
    }
}

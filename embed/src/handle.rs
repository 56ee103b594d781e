//! What every handle is: the number of a root in a machine. Clones share it; when the last is
//! dropped, the machine is told through a queue, so handles may be dropped anywhere, by any thread,
//! before or after the machine.

use crate::cx::Cx;
use crate::error::{Error, Result};
use luka_vm::Value as Raw;
use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// The roots of one machine that nobody refers to any more. It also stands for the machine's
/// identity: handles of two machines have different queues.
#[derive(Default)]
pub(crate) struct Releases {
    waiting: AtomicBool,
    queue: Mutex<Vec<u32>>,
}

impl Releases {
    /// The numbers released since the last call.
    pub(crate) fn take(&self) -> Vec<u32> {
        if !self.waiting.swap(false, Ordering::Acquire) {
            return Vec::new();
        }
        std::mem::take(&mut *self.lock())
    }

    fn release(&self, number: u32) {
        self.lock().push(number);
        self.waiting.store(true, Ordering::Release);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u32>> {
        // Nothing panics while the lock is held; a list is valid at any moment anyway.
        self.queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

struct Root {
    number: u32,
    owner: Arc<Releases>,
}

impl Drop for Root {
    fn drop(&mut self) {
        self.owner.release(self.number);
    }
}

/// An owned reference to a value in a machine. Not `Sync`, so that host functions, which are, cannot
/// capture one: what a machine holds is then all in the machine.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Root>, PhantomData<Cell<()>>);

impl Handle {
    pub(crate) fn new(number: u32, owner: Arc<Releases>) -> Handle {
        Handle(Arc::new(Root { number, owner }), PhantomData)
    }

    /// The value.
    ///
    /// # Errors
    /// The handle is of another machine.
    pub(crate) fn raw(&self, cx: &Cx) -> Result<Raw> {
        if !self.is_of(&cx.releases()) {
            return Err(Error::foreign());
        }
        Ok(cx.with(|machine| machine.host_root(self.0.number)))
    }

    pub(crate) fn is_of(&self, owner: &Arc<Releases>) -> bool {
        Arc::ptr_eq(&self.0.owner, owner)
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0.number)
    }
}

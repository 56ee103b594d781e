//! What every handle is: the number of a root in a machine. Clones share it; when the last is
//! dropped, the machine is told through a queue, so handles may be dropped anywhere, by any thread,
//! before or after the machine.

use crate::cx::Cx;
use crate::error::{Error, Result};
use luka_vm::Value as Raw;
use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

/// The roots of one machine that nobody refers to any more. It also stands for the machine's
/// identity: handles of two machines have different queues.
#[derive(Default)]
pub(crate) struct Releases {
    waiting: AtomicBool,
    queue: Mutex<Vec<(u32, u64)>>,
}

impl Releases {
    /// What was released since the last call: numbers with their stamps.
    fn take(&self) -> Vec<(u32, u64)> {
        if !self.waiting.swap(false, Ordering::Acquire) {
            return Vec::new();
        }
        std::mem::take(&mut *self.lock())
    }

    fn release(&self, number: u32, stamp: u64) {
        self.lock().push((number, stamp));
        self.waiting.store(true, Ordering::Release);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(u32, u64)>> {
        // Nothing panics while the lock is held; a list is valid at any moment anyway.
        self.queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

pub(crate) struct Root {
    number: u32,
    /// Tells the root from others that have had the number, in states the machine has left.
    stamp: u64,
    owner: Arc<Releases>,
}

/// The roots of a machine, by number.
#[derive(Clone, Default)]
pub(crate) struct Roots {
    list: Vec<(u64, Weak<Root>)>,
    last_stamp: u64,
}

impl Roots {
    /// Notes a root that the machine has made, and gives it to its first handle.
    pub(crate) fn add(&mut self, number: u32, owner: Arc<Releases>) -> Handle {
        self.last_stamp += 1;
        let root = Arc::new(Root { number, stamp: self.last_stamp, owner });
        let index = number as usize;
        if self.list.len() <= index {
            self.list.resize_with(index + 1, || (0, Weak::new()));
        }
        self.list[index] = (root.stamp, Arc::downgrade(&root));
        Handle(root, PhantomData)
    }

    fn holds(&self, number: u32, stamp: u64) -> bool {
        self.list.get(number as usize).is_some_and(|(known, _)| *known == stamp)
    }

    /// The numbers that handles have released. Those of roots that are gone with the state they
    /// were of do not count.
    pub(crate) fn released(&mut self, releases: &Releases) -> Vec<u32> {
        let mut numbers = Vec::new();
        for (number, stamp) in releases.take() {
            if self.holds(number, stamp) {
                self.list[number as usize] = (0, Weak::new());
                numbers.push(number);
            }
        }
        numbers
    }

    /// The machine has gone back to the state in which it had these roots. Roots made since are
    /// gone.
    pub(crate) fn go_back(&mut self, to: &Roots) {
        self.list.clone_from(&to.list);
    }

    /// A handle of a root that the machine has: the one there is, or a new one.
    pub(crate) fn handle(&mut self, number: u32, owner: &Arc<Releases>) -> Handle {
        match self.list.get(number as usize).and_then(|(_, root)| root.upgrade()) {
            Some(root) => Handle(root, PhantomData),
            None => self.add(number, owner.clone()),
        }
    }

    /// Whether a handle of the root is there.
    pub(crate) fn is_held(&self, number: u32) -> bool {
        self.list.get(number as usize).is_some_and(|(_, root)| root.strong_count() > 0)
    }

    /// How many numbers of roots there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Forgets a root.
    pub(crate) fn forget(&mut self, number: u32) {
        if let Some(root) = self.list.get_mut(number as usize) {
            *root = (0, Weak::new());
        }
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        self.owner.release(self.number, self.stamp);
    }
}

/// An owned reference to a value in a machine. Not `Sync`, so that host functions, which are, cannot
/// capture one: what a machine holds is then all in the machine.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Root>, PhantomData<Cell<()>>);

impl Handle {
    /// The number of its root.
    pub(crate) fn number(&self) -> u32 {
        self.0.number
    }

    /// The value.
    ///
    /// # Errors
    /// The handle is of another machine, or was made after the state the machine has gone back to.
    pub(crate) fn raw(&self, cx: &Cx) -> Result<Raw> {
        if !self.is_of(&cx.releases()) {
            return Err(Error::foreign());
        }
        let Root { number, stamp, .. } = *self.0;
        if !cx.with_state(|state| state.roots.holds(number, stamp)) {
            return Err(Error::gone());
        }
        Ok(cx.with(|machine| machine.host_root(number)))
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

//! Values the host holds on to, by number. Unlike pins, which nest, these come and go in any order:
//! handles of an embedding crate refer to them.

use crate::value::Value;

/// A slab of roots: every slot in use keeps its value alive.
#[derive(Default)]
pub(crate) struct HostRoots {
    /// Free slots hold nil.
    pub(crate) slots: Vec<Value>,
    /// The free ones, the next to be used last.
    pub(crate) free: Vec<u32>,
}

impl HostRoots {
    /// Keeps a value alive until [`HostRoots::remove`] is called with the number returned.
    pub(crate) fn add(&mut self, v: Value) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = v;
            return slot;
        }
        self.slots.push(v);
        (self.slots.len() - 1) as u32
    }

    /// The value of a slot; nil if there is none.
    pub(crate) fn get(&self, slot: u32) -> Value {
        self.slots.get(slot as usize).copied().unwrap_or(Value::NIL)
    }

    /// Lets go of a value. Each number is removed once.
    pub(crate) fn remove(&mut self, slot: u32) {
        if let Some(v) = self.slots.get_mut(slot as usize) {
            *v = Value::NIL;
            self.free.push(slot);
        }
    }

    /// How many values are held.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// All slots, to be changed in place.
    pub(crate) fn values_mut(&mut self) -> &mut [Value] {
        &mut self.slots
    }

    /// All slots, free ones as nil.
    pub(crate) fn values(&self) -> &[Value] {
        &self.slots
    }
}

//! The tables of a module: those of the new text are merged into those of the old one.

use luka_vm::table::SetError;
use luka_vm::{Gc, Raise, Table, Value, Vm as Machine};
use std::collections::HashSet;

/// What is asked about functions in tables.
pub(super) trait Functions {
    /// Whether it is a closure of the new text.
    fn is_new(&self, v: Value) -> bool;
    /// Whether it is a closure of the old text.
    fn is_old(&self, v: Value) -> bool;
    /// Whether `old` will have the code of `new`.
    fn becomes(&self, old: Value, new: Value) -> bool;
}

/// A merge, which can be undone.
#[derive(Default)]
pub(super) struct Merge {
    /// New tables and the old ones they have become part of.
    pub(super) merged: Vec<(Gc<Table>, Gc<Table>)>,
    seen: HashSet<Gc<Table>>,
    /// Fields that were set, with their values before.
    fields: Vec<(Gc<Table>, Value, Value)>,
    /// Tables that had no metatable.
    metatables: Vec<Gc<Table>>,
}

impl Merge {
    /// Merges a pair of tables and what is in both of them. Tables without functions of the module
    /// are state, and stay as they are unless `is_module`.
    ///
    /// # Errors
    /// Memory is short.
    pub(super) fn add(
        &mut self,
        machine: &mut Machine,
        functions: &impl Functions,
        pair: (Gc<Table>, Gc<Table>),
        is_module: bool,
    ) -> Result<(), Raise> {
        let mut waiting = vec![(pair, is_module)];
        while let Some(((old, new), is_module)) = waiting.pop() {
            if old == new || !self.seen.insert(new) {
                continue;
            }
            let has_code = is_module
                || new.entries().any(|(_, v)| functions.is_new(v))
                    && old.entries().any(|(_, v)| functions.is_old(v));
            if has_code {
                self.merged.push((new, old));
            }
            let entries: Vec<_> = new.entries().collect();
            machine.charge(entries.len() as u64);
            for (key, value) in entries {
                let before = old.get(key);
                if let (Some(a), Some(b)) = (before.as_table(), value.as_table()) {
                    waiting.push(((a, b), false));
                } else if has_code && before.is_nil()
                    || functions.is_old(before)
                        && functions.is_new(value)
                        && !functions.becomes(before, value)
                {
                    self.set(machine, old, key, value)?;
                }
            }
            match (old.metatable(), new.metatable()) {
                (Some(a), Some(b)) => waiting.push(((a, b), false)),
                (None, Some(b)) if has_code => {
                    old.set_metatable(&mut machine.heap, Some(b));
                    self.metatables.push(old);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Sets a field.
    ///
    /// # Errors
    /// Memory is short.
    pub(super) fn set(
        &mut self,
        machine: &mut Machine,
        table: Gc<Table>,
        key: Value,
        value: Value,
    ) -> Result<(), Raise> {
        self.fields.push((table, key, table.get(key)));
        let set = table.set(&mut machine.heap, key, value);
        set.map_err(|error| match error {
            SetError::Memory => Raise::Memory,
            error => machine.error_plain(error.message()),
        })
    }

    /// Sets all back.
    pub(super) fn undo(self, machine: &mut Machine) {
        for (table, key, before) in self.fields.into_iter().rev() {
            // The key exists, or nothing was set: no memory is needed.
            let _ = table.set(&mut machine.heap, key, before);
        }
        for table in self.metatables {
            table.set_metatable(&mut machine.heap, None);
        }
    }
}

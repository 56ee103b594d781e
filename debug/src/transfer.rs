//! Values of a copy of the program, taken over into the program.

use crate::evaluate::Evaluated;
use crate::show::kind;
use luka::toolchain;
use luka_vm::{Gc, Table, Value, Vm};
use std::collections::{HashMap, HashSet};

/// The most tables that an expression makes at once, and how deep they are nested.
const TABLES: usize = 10_000;
const DEPTH: usize = 100;

/// The value in the program that an expression has in the copy: plain data, the object that the program
/// has in the same place, or a new table of these.
///
/// # Errors
/// Something else was made: a function, a coroutine, an object of a library or of the host.
pub fn transfer(value: &mut Evaluated, to: &mut Vm) -> Result<Value, String> {
    let raw = value.raw;
    let from = toolchain::machine(&mut value.copy);
    let mut transfer =
        Transfer { from, to, known: HashMap::new(), fresh: HashSet::new(), depth: 0 };
    // (What is made takes places that objects of the copy have, too: so first comes what there is.)
    transfer.look(raw)?;
    transfer.value(raw)
}

struct Transfer<'a> {
    from: &'a mut Vm,
    to: &'a mut Vm,
    /// Objects of the program, by their addresses in the copy.
    known: HashMap<u64, Value>,
    /// Tables that only the copy has.
    fresh: HashSet<u64>,
    depth: usize,
}

/// The metatable of a table, if it is one that can be taken over.
fn meta(table: Gc<Table>) -> Result<Option<Value>, String> {
    match table.metatable() {
        Some(meta) if !meta.get_str_bytes(b"__gc").is_nil() => {
            Err("a table with a finalizer cannot be taken over".to_string())
        }
        meta => Ok(meta.map(Value::from)),
    }
}

impl Transfer<'_> {
    /// Finds out what the program has of a value, and that the rest can be made.
    fn look(&mut self, value: Value) -> Result<(), String> {
        if value.as_str().is_some() || is_plain(value) {
            return Ok(());
        }
        let address = value.payload();
        if self.known.contains_key(&address) || self.fresh.contains(&address) {
            return Ok(());
        }
        let cell = self.from.cell_of(value);
        if let Some(same) = cell.and_then(|cell| self.to.same_object(cell, value)) {
            self.known.insert(address, same);
            return Ok(());
        }
        let Some(table) = value.as_table() else {
            let kind = kind(self.from, value);
            return Err(format!(
                "only a copy of the program has this {kind}: the program can be given plain data, what \
                 it has, and tables of these"
            ));
        };
        if self.fresh.len() >= TABLES || self.depth >= DEPTH {
            let why = format!("more than {TABLES} tables, or {DEPTH} in each other");
            return Err(format!("the expression makes {why}"));
        }
        self.fresh.insert(address);
        self.depth += 1;
        for (key, value) in table.entries() {
            self.look(key)?;
            self.look(value)?;
        }
        meta(table)?.map_or(Ok(()), |meta| self.look(meta))?;
        self.depth -= 1;
        Ok(())
    }

    /// The value in the program.
    fn value(&mut self, value: Value) -> Result<Value, String> {
        if let Some(string) = value.as_str() {
            return Ok(self.to.heap.intern_or_long(string.bytes()).into());
        }
        let known = self.known.get(&value.payload()).copied();
        match value.as_table() {
            _ if is_plain(value) => Ok(value),
            Some(table) if known.is_none() => self.table(value, table),
            _ => known.ok_or_else(|| "there is no such object".to_string()),
        }
    }

    fn table(&mut self, value: Value, table: Gc<Table>) -> Result<Value, String> {
        let memory = |_| "not enough memory".to_string();
        let entries: Vec<(Value, Value)> = table.entries().collect();
        // (Nothing keeps it alive, and nothing is collected meanwhile.)
        let new = self.to.heap.new_table(0, entries.len()).map_err(memory)?;
        self.known.insert(value.payload(), new.into());
        for (key, value) in entries {
            let (key, value) = (self.value(key)?, self.value(value)?);
            self.to.raw_set(new, key, value).map_err(memory)?;
        }
        if let Some(meta) = meta(table)? {
            let meta = self.value(meta)?;
            new.set_metatable(&mut self.to.heap, meta.as_table());
        }
        Ok(new.into())
    }
}

/// Whether a value is no object.
fn is_plain(value: Value) -> bool {
    value.is_nil() || value.as_bool().is_some() || value.is_number()
}

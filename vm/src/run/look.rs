//! What debuggers look at: coroutines, and places that hold values. Nothing is made, changed or kept
//! alive.

use crate::heap::Gc;
use crate::heap::Header;
use crate::heap::cells::{Block, CLASSES, block_of};
use crate::heap::mark;
use crate::object::function::Upval;
use crate::object::thread::{Status, Thread};
use crate::table::Table;
use crate::value::{Value, tag};
use crate::vm::Vm;

/// The cell of an object. While the object lives it is no other's; machines that have gone on from the
/// same state, in this process, have the same objects in the same cells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct CellId {
    block: u32,
    cell: u32,
}

impl CellId {
    /// One number for both parts.
    pub fn number(self) -> u64 {
        u64::from(self.block) << 16 | u64::from(self.cell)
    }
}

/// A key of a table that names a field whoever holds it.
#[derive(Clone, PartialEq, Debug)]
pub enum Key {
    /// A string.
    Text(Vec<u8>),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A boolean.
    Boolean(bool),
}

impl Key {
    /// The key that a value is; `None` for objects and nil.
    pub fn of(value: Value) -> Option<Key> {
        if let Some(text) = value.as_str() {
            return Some(Key::Text(text.bytes().to_vec()));
        }
        if let Some(n) = value.as_int() {
            return Some(Key::Integer(n));
        }
        if let Some(x) = value.as_float() {
            return Some(Key::Float(x));
        }
        value.as_bool().map(Key::Boolean)
    }
}

/// A place that holds a value.
#[derive(Clone, PartialEq, Debug)]
pub enum Place {
    /// A field of a table.
    Field(CellId, Key),
    /// An upvalue that functions share.
    Upvalue(CellId),
    /// A slot of a coroutine's stack.
    Slot(CellId, usize),
}

impl Place {
    /// The cell of the object that holds it.
    pub fn cell(&self) -> CellId {
        match self {
            Place::Field(cell, _) | Place::Upvalue(cell) | Place::Slot(cell, _) => *cell,
        }
    }

    /// The same place of an object in another cell.
    pub fn moved(&self, to: CellId) -> Place {
        match self {
            Place::Field(_, key) => Place::Field(to, key.clone()),
            Place::Upvalue(_) => Place::Upvalue(to),
            Place::Slot(_, slot) => Place::Slot(to, *slot),
        }
    }
}

impl Vm {
    /// The coroutines that have something on their stacks, the running one first, then those that wait
    /// for it, then the others in the order of their cells.
    pub fn coroutines(&mut self) -> Vec<Gc<Thread>> {
        let mut found = vec![self.thread];
        let mut next = self.thread.resumer();
        while let Some(thread) = next {
            found.push(thread);
            next = thread.resumer();
        }
        let mut others = Vec::new();
        // SAFETY: nothing is made or freed; an object that is not dead is intact.
        unsafe {
            self.heap.each_object(|heap, o| {
                if (*o).kind == tag::THREAD && !heap.is_dead((*o).marked) {
                    others.push(Gc::from_ptr(o as *mut Thread));
                }
            });
        }
        others.retain(|t: &Gc<Thread>| {
            !found.contains(t) && t.status() != Status::Dead && self.frames(*t).next().is_some()
        });
        others.sort_by_key(|t| self.cell_of_object(t.as_ptr() as *mut Header));
        found.extend(others);
        found
    }

    /// The cell of the object that a value is; `None` for plain data and objects too large for a cell.
    pub fn cell_of(&self, value: Value) -> Option<CellId> {
        if value.tag() & tag::HEAP == 0 {
            return None;
        }
        self.cell_of_object(value.payload() as usize as *mut Header)
    }

    /// The cell of a coroutine.
    pub fn cell_of_thread(&self, thread: Gc<Thread>) -> Option<CellId> {
        self.cell_of_object(thread.as_ptr() as *mut Header)
    }

    /// The cell of an upvalue of a function.
    pub fn cell_of_upvalue(&self, upvalue: Gc<Upval>) -> Option<CellId> {
        self.cell_of_object(upvalue.as_ptr() as *mut Header)
    }

    fn cell_of_object(&self, o: *mut Header) -> Option<CellId> {
        // SAFETY: the callers' object lives.
        unsafe {
            if (*o).marked & mark::LARGE != 0 {
                return None;
            }
            let b = block_of(o);
            Some(CellId { block: (*b).ordinal, cell: Block::index_of(b, o) as u32 })
        }
    }

    /// The blocks of the heap, in the order in which snapshots have them.
    fn blocks(&self) -> impl Iterator<Item = *mut Block> + '_ {
        self.heap.cells.classes.iter().flat_map(|class| class.blocks())
    }

    /// Which block of a snapshot of this state a cell is in. With it, [`Vm::cell_at`] finds the cell in
    /// another machine in the same state.
    pub fn position_of(&self, cell: CellId) -> Option<(usize, u32)> {
        // SAFETY: the heap's own blocks.
        let block = self.blocks().position(|b| unsafe { (*b).ordinal } == cell.block)?;
        Some((block, cell.cell))
    }

    /// The cell at a position of this state.
    pub fn cell_at(&self, position: (usize, u32)) -> Option<CellId> {
        let b = self.blocks().nth(position.0)?;
        // SAFETY: the heap's own block.
        unsafe {
            let known = position.1 < u32::from((*b).count);
            known.then(|| CellId { block: (*b).ordinal, cell: position.1 })
        }
    }

    /// The object in a cell, if there is one that is no garbage.
    fn object_in(&self, cell: CellId) -> Option<*mut Header> {
        // SAFETY: a block of the heap; a cell that is in use has an object with its header.
        unsafe {
            let b = self.blocks().find(|&b| (*b).ordinal == cell.block)?;
            let i = cell.cell as usize;
            if i >= (*b).count as usize {
                return None;
            }
            let o = Block::cell_at(b, i);
            let mut exists = (*b).used[i / 64] >> (i % 64) & 1 != 0;
            let class = &self.heap.cells.classes[((*b).class as usize).min(CLASSES - 1)];
            if class.current == b {
                // Objects that were made since the hole was begun.
                exists |= (o as *mut u8) >= class.start && (o as *mut u8) < class.next;
            }
            (exists && !self.heap.is_dead((*o).marked)).then_some(o)
        }
    }

    /// The coroutine in a cell.
    pub fn thread_in(&self, cell: CellId) -> Option<Gc<Thread>> {
        let o = self.object_in(cell)?;
        // SAFETY: a live object, whose kind is compared.
        unsafe { ((*o).kind == tag::THREAD).then(|| Gc::from_ptr(o as *mut Thread)) }
    }

    /// The table in a cell.
    pub fn table_in(&self, cell: CellId) -> Option<Gc<Table>> {
        let o = self.object_in(cell)?;
        // SAFETY: as above.
        unsafe { ((*o).kind == tag::TABLE).then(|| Gc::from_ptr(o as *mut Table)) }
    }

    /// What is in a place now; `None` while there is no such object.
    pub fn value_in(&self, place: &Place) -> Option<Value> {
        match place {
            Place::Field(cell, key) => {
                let table = self.table_in(*cell)?;
                Some(match key {
                    Key::Text(text) => table.get_str_bytes(text),
                    Key::Integer(n) => table.get_int(*n),
                    Key::Float(x) => table.get(Value::float(*x)),
                    Key::Boolean(b) => table.get(Value::bool(*b)),
                })
            }
            Place::Upvalue(cell) => {
                let o = self.object_in(*cell)?;
                // SAFETY: a live upvalue refers to a slot or to itself.
                unsafe { ((*o).kind == tag::UPVAL).then(|| *(*(o as *mut Upval)).v) }
            }
            Place::Slot(cell, slot) => {
                let thread = self.thread_in(*cell)?;
                (*slot < thread.size).then(|| self.stack_slot(thread, *slot))
            }
        }
    }
}

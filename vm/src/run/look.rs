//! What debuggers look at: coroutines, and places that hold values. Nothing is made, changed or kept
//! alive.

use crate::heap::Gc;
use crate::heap::Header;
use crate::heap::cells::{Block, CLASSES, block_of};
use crate::heap::{mark, size};
use crate::object::function::{ProtoObj, Upval};
use crate::object::thread::{Status, Thread};
use crate::stack::HEADER;
use crate::stack::link::SLOT;
use crate::table::Table;
use crate::value::{Value, tag};
use crate::vm::Vm;

/// The cell of an object. While the object lives it is no other's. Machines in the same state whose blocks
/// have the same numbers ([`Vm::number_blocks`]) have the same objects in the same cells, now and later.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct CellId {
    block: u32,
    cell: u32,
}

impl CellId {
    /// The cell that has a number.
    pub fn of_number(number: u64) -> CellId {
        CellId { block: (number >> 16) as u32, cell: number as u32 & 0xffff }
    }

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
}

/// A place that is looked at often, in one machine.
#[derive(Clone, Debug)]
pub struct Located {
    place: Place,
    /// Its block, as long as no page has come back since.
    block: Option<usize>,
    came_back: u32,
}

impl Located {
    /// A place of a machine whose heap is not exchanged as long as this is used.
    pub fn new(place: Place) -> Located {
        Located { place, block: None, came_back: 0 }
    }

    /// The place.
    pub fn place(&self) -> &Place {
        &self.place
    }
}

impl Vm {
    /// The address of the instruction that is executed next, which tells it from others.
    pub fn instruction_address(&self) -> usize {
        self.ip as usize
    }

    /// Whether an instruction of a function of the language is executed next that is no library's.
    pub fn is_at_instruction(&self) -> bool {
        if self.ip.is_null() || self.base.is_null() {
            return false;
        }
        // SAFETY: `base` is the running frame's; a function's prototype lives as long as it.
        let running = unsafe { *self.base.sub(HEADER) };
        running.as_lua_fn().is_some_and(|f| !f.is_native())
    }

    /// What is in a place now; `None` while there is no such object.
    pub fn value_at(&self, located: &mut Located) -> Option<Value> {
        let o = self.object_at(located)?;
        // SAFETY: a live object.
        unsafe { self.value_of(o, &located.place) }
    }

    /// The object that holds a place, if it is no garbage.
    fn object_at(&self, located: &mut Located) -> Option<*mut Header> {
        let came_back = self.heap.blocks.pages.came_back;
        if located.block.is_none() || located.came_back != came_back {
            let number = located.place.cell().block;
            // SAFETY: the heap's own blocks.
            let found = self.blocks().find(|&b| unsafe { (*b).ordinal } == number)?;
            (located.block, located.came_back) = (Some(found as usize), came_back);
        }
        let b = located.block? as *mut Block;
        // SAFETY: the block is the heap's: no page has come back since it was found.
        unsafe { self.object_of(b, located.place.cell().cell) }
    }

    /// The slot at which the values of the running function end, where their number is not known from its
    /// code.
    pub fn running_top(&self) -> usize {
        // SAFETY: the top is a slot of the running stack.
        unsafe { self.top.offset_from(self.thread.stack).max(0) as usize }
    }

    /// The register of the running function that is at an address.
    pub fn register_at(&self, address: usize) -> Option<usize> {
        let register = address.checked_sub(self.base as usize)? / SLOT;
        let end = self.thread.stack as usize + self.thread.size * SLOT;
        (address < end).then_some(register)
    }

    /// The address of what an upvalue holds: of a slot of a stack, as long as the variable is there.
    pub fn upvalue_address(&self, upvalue: Gc<Upval>) -> usize {
        // SAFETY: the caller's upvalue lives.
        unsafe { (*upvalue.as_ptr()).v as usize }
    }

    /// The address of the slot that a place is now: that of a variable on a stack, captured or not.
    pub fn slot_address(&self, located: &mut Located) -> Option<usize> {
        let o = self.object_at(located)?;
        // SAFETY: a live object, whose kind is compared.
        unsafe {
            match &located.place {
                Place::Slot(_, slot) if (*o).kind == tag::THREAD => {
                    let thread = o as *mut Thread;
                    (*slot < (*thread).size).then(|| (*thread).stack as usize + slot * SLOT)
                }
                Place::Upvalue(_) if (*o).kind == tag::UPVAL => {
                    Some((*(o as *mut Upval)).v as usize)
                }
                Place::Field(..) | Place::Slot(..) | Place::Upvalue(_) => None,
            }
        }
    }

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
            self.heap.each_of(tag::THREAD, size::THREAD, |o| {
                others.push(Gc::from_ptr(o as *mut Thread));
            });
        }
        others.retain(|t: &Gc<Thread>| {
            !found.contains(t) && t.status() != Status::Dead && self.frames(*t).next().is_some()
        });
        others.sort_by_key(|t| self.cell_of_object(t.as_ptr() as *mut Header));
        found.extend(others);
        found
    }

    /// All functions of the heap that are no garbage.
    pub fn functions(&mut self) -> Vec<Gc<ProtoObj>> {
        let mut found = Vec::new();
        // SAFETY: as for coroutines.
        unsafe {
            self.heap.each_of(tag::PROTO, size::PROTO, |o| {
                found.push(Gc::from_ptr(o as *mut ProtoObj));
            });
        }
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

    /// The numbers of the heap's blocks, in the order in which snapshots have them, and the next one.
    pub fn block_numbers(&self) -> (Vec<u32>, u32) {
        // SAFETY: the heap's own blocks.
        let numbers = self.blocks().map(|b| unsafe { (*b).ordinal }).collect();
        (numbers, self.heap.blocks.pages.blocks_made)
    }

    /// Numbers the blocks as those of another machine in the same state are numbered: cells are the
    /// same in both then. Does nothing if there are not so many blocks.
    pub fn number_blocks(&mut self, numbers: &(Vec<u32>, u32)) {
        let blocks: Vec<*mut Block> = self.blocks().collect();
        if blocks.len() == numbers.0.len() {
            for (b, number) in blocks.into_iter().zip(&numbers.0) {
                // SAFETY: the heap's own blocks.
                unsafe { (*b).ordinal = *number };
            }
            self.heap.blocks.pages.blocks_made = numbers.1;
        }
    }

    /// The object in a cell, if there is one that is no garbage.
    fn object_in(&self, cell: CellId) -> Option<*mut Header> {
        // SAFETY: the heap's own blocks.
        unsafe {
            let b = self.blocks().find(|&b| (*b).ordinal == cell.block)?;
            self.object_of(b, cell.cell)
        }
    }

    /// # Safety
    /// A block of the heap.
    unsafe fn object_of(&self, b: *mut Block, cell: u32) -> Option<*mut Header> {
        // SAFETY: the caller; a cell that is in use has an object with its header.
        unsafe {
            let i = cell as usize;
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

    /// The object that lies where another one lies in a machine that is a copy of this: the same one, if
    /// both machines have it still.
    pub fn same_object(&self, cell: CellId, other: Value) -> Option<Value> {
        let o = self.object_in(cell)?;
        // SAFETY: a live object, whose kind is that of the tag.
        let same = other.tag() & tag::HEAP != 0 && unsafe { (*o).kind == other.tag() };
        same.then_some(Value { tag: other.tag(), payload: o as u64 })
    }

    /// The table in a cell.
    pub fn table_in(&self, cell: CellId) -> Option<Gc<Table>> {
        let o = self.object_in(cell)?;
        // SAFETY: as above.
        unsafe { ((*o).kind == tag::TABLE).then(|| Gc::from_ptr(o as *mut Table)) }
    }

    /// What is in a place now; `None` while there is no such object.
    pub fn value_in(&self, place: &Place) -> Option<Value> {
        let o = self.object_in(place.cell())?;
        // SAFETY: a live object.
        unsafe { self.value_of(o, place) }
    }

    /// Puts a value in a place, as a program that assigns to the variable would, without metamethods.
    /// Whether there is such a place.
    pub fn set_value_in(&mut self, place: &Place, value: Value) -> bool {
        match place {
            Place::Field(cell, key) => {
                let Some(table) = self.table_in(*cell) else { return false };
                let key = match key {
                    Key::Text(text) => self.heap.intern_or_long(text).into(),
                    Key::Integer(n) => Value::int(*n),
                    Key::Float(x) => Value::float(*x),
                    Key::Boolean(b) => Value::bool(*b),
                };
                table.set(&mut self.heap, key, value).is_ok()
            }
            Place::Upvalue(cell) => {
                let Some(o) = self.object_in(*cell) else { return false };
                // SAFETY: a live object, whose kind is compared.
                let upvalue = unsafe {
                    ((*o).kind == tag::UPVAL).then(|| Gc::<Upval>::from_ptr(o as *mut Upval))
                };
                if let Some(upvalue) = upvalue {
                    upvalue.set(&mut self.heap, value);
                }
                upvalue.is_some()
            }
            Place::Slot(cell, slot) => {
                let Some(thread) = self.thread_in(*cell) else { return false };
                self.set_stack_slot(thread, *slot, value);
                *slot < thread.size
            }
        }
    }

    /// # Safety
    /// `o` is a live object.
    unsafe fn value_of(&self, o: *mut Header, place: &Place) -> Option<Value> {
        // SAFETY: the caller.
        let kind = unsafe { (*o).kind };
        match place {
            Place::Field(_, key) => {
                // SAFETY: a live table.
                let table =
                    (kind == tag::TABLE).then(|| unsafe { Gc::from_ptr(o as *mut Table) })?;
                Some(match key {
                    Key::Text(text) => table.get_str_bytes(text),
                    Key::Integer(n) => table.get_int(*n),
                    Key::Float(x) => table.get(Value::float(*x)),
                    Key::Boolean(b) => table.get(Value::bool(*b)),
                })
            }
            // SAFETY: a live upvalue refers to a slot or to itself.
            Place::Upvalue(_) => unsafe { (kind == tag::UPVAL).then(|| *(*(o as *mut Upval)).v) },
            Place::Slot(_, slot) => {
                // SAFETY: a live coroutine.
                let thread =
                    (kind == tag::THREAD).then(|| unsafe { Gc::from_ptr(o as *mut Thread) })?;
                (*slot < thread.size).then(|| self.stack_slot(thread, *slot))
            }
        }
    }
}

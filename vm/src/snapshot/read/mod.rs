//! Reading: total, and nothing is believed that the module text of [`super`] promises.

mod blocks;
mod code;
mod faults;
mod heap;
mod machine;
mod objects;
mod thread;

use super::Snapshot;
use super::bytes::{Input, Result};
use super::error::{SnapshotError, SnapshotErrorKind as Kind};
use super::format::{CELL_BITS, LARGE, NONE, SECTIONS, Section, split, take_apart};
use super::verify::verify;
use crate::config::Config;
use crate::heap::cells::Block;
use crate::heap::heap::Heap;
use crate::heap::{Gc, Header};
use crate::host::{Host, Loader};
use crate::object::function::{ChunkInfo, Upval};
use crate::object::native::Native;
use crate::object::native::registry::Registry;
use crate::object::thread::Thread;
use crate::value::{Value, tag};
use crate::vm::Vm;
use std::rc::Rc;

/// What a machine is restored with.
pub struct Setting<'a> {
    /// The natives that the snapshot may name.
    pub natives: &'a Registry,
    /// The types of userdata that it may name.
    pub types: &'a [&'static str],
    /// Most bytes of heap; `None`: as many as the snapshot's own limit.
    pub memory_limit: Option<u64>,
    /// The operating system.
    pub host: Box<dyn Host + Send>,
    /// The compiler.
    pub loader: Box<dyn Loader>,
}

/// The machine of a snapshot, with what its host has kept beside it.
///
/// # Errors
/// See [`SnapshotError`].
pub fn restore<'a>(bytes: &'a [u8], setting: Setting<'_>) -> Result<(Vm, &'a [u8])> {
    let sections = take_apart(bytes)?;
    let parts = read(&sections, setting.natives, setting.types, setting.memory_limit)?;
    let vm = parts.into_machine(setting.host, setting.loader);
    verify(&vm).map_err(|broken| SnapshotError::new(Kind::Invalid, broken.to_string()))?;
    Ok((vm, sections[Section::Host as usize - 1]))
}

/// The same from a snapshot that this process has made: nothing of it needs a proof.
///
/// # Errors
/// There is not enough memory, or the snapshot is of a machine with other natives or types.
pub fn restore_own(snapshot: &Snapshot, setting: Setting<'_>) -> Result<Vm> {
    let sections = split(snapshot)?;
    let parts = read(&sections, setting.natives, setting.types, setting.memory_limit)?;
    Ok(parts.into_machine(setting.host, setting.loader))
}

impl Vm {
    /// Goes back to a state that a machine of this process has had. Host, loader, interrupt flag and
    /// the limits stay as they are.
    ///
    /// # Errors
    /// There is not enough memory, or the snapshot is of a machine with other natives or types.
    pub fn roll_back(
        &mut self,
        to: &Snapshot,
        natives: &Registry,
        types: &[&'static str],
    ) -> Result<()> {
        let sections = split(to)?;
        let parts = read(&sections, natives, types, self.config.memory_limit)?;
        self.become_parts(parts);
        Ok(())
    }

    /// The host and the loader of a machine that is not used any more.
    pub fn into_host(self) -> (Box<dyn Host + Send>, Box<dyn Loader>) {
        (self.host, self.loader)
    }
}

/// Reads the sections of a snapshot.
pub(super) fn read(
    sections: &[&[u8]; SECTIONS],
    natives: &Registry,
    types: &[&'static str],
    memory_limit: Option<u64>,
) -> Result<machine::Parts> {
    let input = |section: Section| Input::new(section, sections[section as usize - 1]);
    let limits = machine::Limits::read(input(Section::Limits))?;
    let limit = memory_limit.or(limits.memory);
    let config = Config { memory_limit: limit, hash_seed: 0, ..Config::default() };
    let mut reader = Reader {
        heap: Heap::empty(&config),
        blocks: Vec::new(),
        large: Vec::new(),
        natives,
        types,
        most: limit.map_or(usize::MAX, most_bytes),
        chunks: Vec::new(),
        unwritten_protos: 0,
        threads: Vec::new(),
        open_upvalues: 0,
    };
    // SAFETY: the sections come in the order in which they rely on each other.
    unsafe {
        reader.blocks(input(Section::Blocks))?;
        reader.strings(input(Section::Strings))?;
        reader.code(input(Section::Code))?;
        reader.objects(input(Section::Objects))?;
        reader.heap(input(Section::Heap))?;
        reader.machine(input(Section::Machine), limits, config)
    }
}

/// What a machine below a limit may have: it can pass it by what is made between two safepoints.
fn most_bytes(limit: u64) -> usize {
    usize::try_from(limit.saturating_add(limit / 2).saturating_add(64 << 10)).unwrap_or(usize::MAX)
}

/// A snapshot that is being read.
///
/// # Safety
/// At any moment its heap can be dropped: a cell counts as in use when what is in it can be dropped,
/// and says how large what it owns is. Functions that are given an object rely on it being one of
/// this heap.
struct Reader<'a> {
    heap: Heap,
    /// The blocks, by number.
    blocks: Vec<*mut Block>,
    /// The objects outside of cells, by number.
    large: Vec<*mut Header>,
    natives: &'a Registry,
    types: &'a [&'static str],
    /// Most bytes the objects may count for.
    most: usize,
    chunks: Vec<Rc<ChunkInfo>>,
    /// Prototypes that are not written yet; their cells are made up as upvalues.
    unwritten_protos: usize,
    /// What of threads waits until all functions are there.
    threads: Vec<thread::Places>,
    /// Upvalues that say they are open and are not in their thread's list yet.
    open_upvalues: usize,
}

impl Reader<'_> {
    /// Counts memory before it is taken.
    fn charge(&mut self, input: &Input, bytes: usize) -> Result<()> {
        match self.heap.bytes.checked_add(bytes) {
            Some(total) if total <= self.most => {
                self.heap.bytes = total;
                Ok(())
            }
            _ => {
                Err(input
                    .fail(Kind::Memory, "the snapshot needs more memory than the limit allows"))
            }
        }
    }

    /// The system has no memory.
    fn no_memory(&self, input: &Input) -> SnapshotError {
        input.fail(Kind::Memory, "there is not enough memory for the snapshot")
    }

    /// Whether an object is garbage that is not swept yet.
    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn is_dead(&self, o: *mut Header) -> bool {
        // SAFETY: the object exists (the contract of the reader).
        unsafe { (*o).marked & self.heap.alive == 0 }
    }

    /// Calls `f` with every object: cells by block, then those outside of cells.
    unsafe fn each_object(
        &mut self,
        mut f: impl FnMut(&mut Self, *mut Header) -> Result<()>,
    ) -> Result<()> {
        for i in 0..self.blocks.len() {
            let b = self.blocks[i];
            // SAFETY: the block is the heap's; its bits are within its count.
            unsafe {
                for w in 0..(*b).used.len() {
                    let mut bits = (*b).used[w];
                    while bits != 0 {
                        let o = Block::cell_at(b, w * 64 + bits.trailing_zeros() as usize);
                        f(self, o)?;
                        bits &= bits - 1;
                    }
                }
            }
        }
        for i in 0..self.large.len() {
            f(self, self.large[i])?;
        }
        Ok(())
    }

    /// The object of a number, whatever it is.
    #[cfg_attr(not(luka_small), inline(always))]
    fn any(&self, number: u32) -> Option<*mut Header> {
        if number & LARGE != 0 {
            return self.large.get((number & !LARGE) as usize).copied();
        }
        let &b = self.blocks.get((number >> CELL_BITS) as usize)?;
        let i = number as usize & ((1 << CELL_BITS) - 1);
        // SAFETY: the block is the heap's; the cell is in use, so within its count.
        unsafe { ((*b).used[i / 64] >> (i % 64) & 1 != 0).then(|| Block::cell_at(b, i)) }
    }

    /// The object of this kind with the number that follows.
    #[cfg_attr(not(luka_small), inline(always))]
    fn object(&self, input: &mut Input, kind: u8) -> Result<*mut Header> {
        let number = input.u32()?;
        self.numbered(input, number, kind)
    }

    #[cfg_attr(not(luka_small), inline(always))]
    fn numbered(&self, input: &Input, number: u32, kind: u8) -> Result<*mut Header> {
        if let Some(o) = self.any(number) {
            // SAFETY: the object exists.
            if unsafe { (*o).kind == kind && !self.is_dead(o) } {
                return Ok(o);
            }
        }
        Err(self.wrong_reference(input, number, kind))
    }

    #[cold]
    #[inline(never)]
    fn wrong_reference(&self, input: &Input, number: u32, kind: u8) -> SnapshotError {
        let wanted = kind_name(kind);
        let what = match self.any(number) {
            None => format!("there is no object {number:#x}, {wanted} is expected"),
            // SAFETY: the object exists.
            Some(o) if unsafe { (*o).kind } != kind => {
                format!("object {number:#x} is not {wanted}, which is expected")
            }
            Some(_) => format!("object {number:#x} is garbage"),
        };
        input.invalid(what)
    }

    /// The same, or null.
    #[cfg_attr(not(luka_small), inline(always))]
    fn optional(&self, input: &mut Input, kind: u8) -> Result<*mut Header> {
        match input.u32()? {
            NONE => Ok(std::ptr::null_mut()),
            number => self.numbered(input, number, kind),
        }
    }

    fn thread_of(&self, input: &mut Input) -> Result<Gc<Thread>> {
        let o = self.object(input, tag::THREAD)?;
        // SAFETY: a thread of the heap.
        Ok(unsafe { Gc::from_ptr(o as *mut Thread) })
    }

    /// What follows a value's tag.
    #[cfg_attr(not(luka_small), inline(always))]
    fn payload(&self, input: &mut Input, t: u8) -> Result<u64> {
        match t {
            tag::NIL | tag::FALSE | tag::TRUE => Ok(0),
            tag::INT | tag::FLOAT | tag::LIGHT => input.u64(),
            tag::STR..=tag::THREAD => Ok(self.object(input, t)? as u64),
            _ => Err(input.invalid(format!("{t:#x} is no tag of a value"))),
        }
    }

    #[cfg_attr(not(luka_small), inline(always))]
    fn value(&self, input: &mut Input) -> Result<Value> {
        let tag = input.u8()?;
        Ok(Value { payload: self.payload(input, tag)?, tag })
    }

    /// How many values follow, and room for them.
    fn values(&self, input: &mut Input) -> Result<Vec<Value>> {
        let n = input.count(1)?;
        let mut values = Vec::new();
        for _ in 0..n {
            values.push(self.value(input)?);
        }
        Ok(values)
    }

    /// A native that the snapshot names.
    fn native(&self, input: &mut Input) -> Result<&'static Native> {
        let name = input.name()?;
        self.native_named(input, name)
    }

    fn native_named(&self, input: &Input, name: &str) -> Result<&'static Native> {
        self.natives.get(name).ok_or_else(|| {
            input.fail(Kind::Missing, format!("there is no native function '{name}' here"))
        })
    }

    /// A continuation, or none.
    fn continuation(&self, input: &mut Input) -> Result<Option<&'static Native>> {
        let name = input.name()?;
        if name.is_empty() {
            return Ok(None);
        }
        let native = self.native_named(input, name)?;
        match native.contract {
            Some(_) => Ok(Some(native)),
            None => Err(input.invalid(format!("'{}' is no continuation", native.name))),
        }
    }

    /// A slot of the stack of a thread, which says how many it has.
    fn slot(&self, input: &mut Input, size: usize) -> Result<u32> {
        let slot = input.u32()?;
        if slot as usize >= size {
            return Err(input.invalid(format!("slot {slot} of a stack of {size}")));
        }
        Ok(slot)
    }

    /// An open upvalue gets its slot.
    unsafe fn open(&mut self, input: &Input, uv: *mut Upval, slot: *mut Value) -> Result<()> {
        // SAFETY: both are the heap's.
        unsafe {
            if !(*uv).v.is_null() {
                return Err(input.invalid("an upvalue is closed, or open twice"));
            }
            (*uv).v = slot;
            self.open_upvalues -= 1;
        }
        Ok(())
    }
}

fn kind_name(kind: u8) -> &'static str {
    match kind {
        tag::STR => "a short string",
        tag::LSTR => "a long string",
        tag::TABLE => "a table",
        tag::LUA_FN => "a function of the language",
        tag::NATIVE => "a native function",
        tag::USERDATA => "a userdata",
        tag::THREAD => "a coroutine",
        tag::UPVAL => "an upvalue",
        _ => "a prototype",
    }
}

//! Writing: the sections one after the other, nothing of the machine changed.

mod blocks;
mod code;
mod faults;
mod heap;
mod links;
mod machine;
mod objects;
mod thread;

use super::bytes::Out;
use super::format::{self, CELL_BITS, HEADER, LARGE, MAX_BLOCKS, NONE, SECTIONS};
use super::{Snapshot, Unsavable};
use crate::heap::cells::{Block, block_of};
use crate::heap::{Gc, Header, mark};
use crate::object::function::ChunkInfo;
use crate::value::{Value, tag};
use crate::vm::Vm;
use std::collections::HashMap;
use std::rc::Rc;

/// A snapshot that is being written.
///
/// # Safety
/// It exists while a machine is paused: nothing is collected or freed meanwhile, so all objects of
/// its blocks exist. Functions that are given an object rely on it being one of those.
struct Writer {
    out: Out,
    /// The machine's blocks, by number.
    blocks: Vec<*mut Block>,
    /// Its objects outside of cells, and which number each has.
    large: Vec<*mut Header>,
    large_numbers: HashMap<*mut Header, u32>,
    chunks: Chunks,
    /// Bits any of which says that an object is no garbage.
    alive: u8,
}

/// The chunks in the order in which they were met.
#[derive(Default)]
struct Chunks {
    numbers: HashMap<*const ChunkInfo, u32>,
    list: Vec<Rc<ChunkInfo>>,
}

impl Chunks {
    fn number(&mut self, chunk: &Rc<ChunkInfo>) -> u32 {
        let next = self.list.len() as u32;
        *self.numbers.entry(Rc::as_ptr(chunk)).or_insert_with(|| {
            self.list.push(chunk.clone());
            next
        })
    }
}

impl Vm {
    /// The machine's state as bytes. `host` is what its host keeps beside it, which comes back with
    /// the machine.
    ///
    /// # Errors
    /// The heap is larger than a snapshot can be, or has no memory to list what the collector is to
    /// visit.
    pub fn snapshot(&mut self, host: &[u8]) -> Result<Snapshot, Unsavable> {
        self.save_registers();
        let large = self.heap.large_objects();
        let numbers = large.iter().enumerate().map(|(i, &o)| (o, i as u32)).collect();
        let mut blocks = Vec::new();
        for class in &mut self.heap.cells.classes {
            class.leave_hole();
            blocks.extend(class.blocks());
        }
        if blocks.len() > MAX_BLOCKS || large.len() >= LARGE as usize {
            return Err(Unsavable::new(vec!["the heap is larger than 64 GB".to_string()]));
        }
        if self.heap.lost {
            return Err(Unsavable::new(vec!["the system has refused it memory".to_string()]));
        }
        // What is counted while a hook is in force goes to the thread.
        self.suspend_hook();
        let mut ordinals = Vec::with_capacity(blocks.len());
        for (number, &b) in blocks.iter().enumerate() {
            // SAFETY: the class's own block.
            unsafe {
                ordinals.push((*b).ordinal);
                (*b).ordinal = number as u32;
            }
        }
        let mut out = Vec::with_capacity(HEADER + host.len() + self.heap.bytes / 2 + 4096);
        out.resize(HEADER, 0);
        let mut writer = Writer {
            out: Out(out),
            blocks,
            large,
            large_numbers: numbers,
            chunks: Chunks::default(),
            alive: self.heap.alive,
        };
        let mut ends = [0; SECTIONS];
        // SAFETY: the machine is paused and borrowed for as long as the writer is there.
        unsafe {
            writer.blocks(&self.heap);
            ends[0] = writer.out.0.len();
            writer.strings();
            ends[1] = writer.out.0.len();
            writer.code();
            ends[2] = writer.out.0.len();
            writer.objects();
            ends[3] = writer.out.0.len();
            writer.heap(&self.heap);
            ends[4] = writer.out.0.len();
            writer.machine(self);
            ends[5] = writer.out.0.len();
            writer.limits(self);
            ends[6] = writer.out.0.len();
            for (&b, ordinal) in writer.blocks.iter().zip(ordinals) {
                (*b).ordinal = ordinal;
            }
        }
        writer.out.raw(host);
        ends[7] = writer.out.0.len();
        self.apply_hook();
        Ok(Snapshot(format::seal(writer.out, ends)))
    }
}

impl Writer {
    /// Whether an object is garbage that is not swept yet.
    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn is_dead(&self, o: *mut Header) -> bool {
        // SAFETY: the object exists (the contract of the writer).
        unsafe { (*o).marked & self.alive == 0 }
    }

    /// Calls `f` with every object: cells by block, then those outside of cells.
    unsafe fn each_object(&mut self, mut f: impl FnMut(&mut Writer, *mut Header)) {
        // SAFETY: the blocks and lists are the machine's.
        unsafe {
            for i in 0..self.blocks.len() {
                let b = self.blocks[i];
                Block::each(b, |o| f(self, o));
            }
            for i in 0..self.large.len() {
                let o = self.large[i];
                f(self, o);
            }
        }
    }

    /// The number of an object; null has one, too.
    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn number(&self, o: *mut Header) -> u32 {
        // SAFETY: the object exists (the contract of the writer).
        unsafe {
            if o.is_null() {
                return NONE;
            }
            if (*o).marked & mark::LARGE != 0 {
                return LARGE | self.large_numbers.get(&o).copied().unwrap_or(NONE);
            }
            let b = block_of(o);
            (*b).ordinal << CELL_BITS | Block::index_of(b, o) as u32
        }
    }

    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn reference<T>(&mut self, o: *mut T) {
        // SAFETY: as for `number`.
        let number = unsafe { self.number(o as *mut Header) };
        self.out.u32(number);
    }

    unsafe fn optional<T>(&mut self, o: Option<Gc<T>>) {
        // SAFETY: as for `number`.
        unsafe { self.reference(o.map_or(std::ptr::null_mut(), Gc::as_ptr)) }
    }

    /// What follows a value's tag.
    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn payload(&mut self, tag: u8, payload: u64) {
        if tag & tag::HEAP != 0 {
            // SAFETY: as for `number`: a heap value's payload is its object's address.
            unsafe { self.reference(payload as usize as *mut Header) }
        } else if tag > tag::TRUE {
            self.out.u64(payload);
        }
    }

    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn value(&mut self, v: Value) {
        self.out.u8(v.tag);
        // SAFETY: as for `payload`.
        unsafe { self.payload(v.tag, v.payload) }
    }

    /// A count and references.
    unsafe fn list<T>(&mut self, objects: impl ExactSizeIterator<Item = *mut T>) {
        self.out.count(objects.len());
        for o in objects {
            // SAFETY: as for `number`.
            unsafe { self.reference(o) }
        }
    }
}

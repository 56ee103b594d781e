//! Heads of blocks, and the texts of strings.

use super::Writer;
use crate::heap::cells::Block;
use crate::heap::heap::Heap;
use crate::heap::{Gc, Header, mark};
use crate::object::string::Str;
use crate::value::tag;

impl Writer {
    pub(super) unsafe fn blocks(&mut self, heap: &Heap) {
        self.out.u8(heap.alive);
        self.out.u32(heap.last_serial);
        self.out.u32(heap.strings.seed);
        self.out.u8(heap.strings.buckets.len().trailing_zeros() as u8);
        let mut next = 0;
        for class in &heap.cells.classes {
            let current = class.current;
            self.out.u8(u8::from(!current.is_null()));
            if !current.is_null() {
                // SAFETY: the hole in use is in the current block.
                let index = |at: *mut u8| unsafe { Block::index_of(current, at as *mut Header) };
                self.out.u16(index(class.next) as u16);
                self.out.u16(index(class.end) as u16);
            }
            for list in [&class.touched, &class.unswept, &class.available, &class.full] {
                self.out.count(list.len());
            }
            for _ in class.blocks() {
                // SAFETY: the blocks were listed in this order.
                unsafe { self.block(self.blocks[next]) };
                next += 1;
            }
        }
        self.out.count(self.large.len());
        for i in 0..self.large.len() {
            // SAFETY: the object exists.
            unsafe { self.cell(self.large[i]) };
        }
    }

    unsafe fn block(&mut self, b: *mut Block) {
        // SAFETY: the block is the machine's.
        unsafe {
            self.out.u8((*b).epoch);
            let words = ((*b).count as usize).div_ceil(64);
            for w in 0..words {
                self.out.u64((*b).used[w]);
                self.out.u64((*b).mark[w]);
                self.out.u64((*b).owner[w]);
            }
            Block::each(b, |o| self.cell(o));
        }
    }

    /// What an object is, and what its size depends on.
    unsafe fn cell(&mut self, o: *mut Header) {
        // SAFETY: the object exists.
        unsafe {
            let h = &*o;
            self.out.u8(h.kind);
            self.out.u8(h.marked & !mark::LARGE);
            match h.kind {
                tag::STR => self.out.u8(h.extra),
                tag::LSTR => {
                    self.out.u8(h.extra);
                    self.out.size((*(o as *mut Str)).len);
                }
                tag::LUA_FN | tag::NATIVE => self.out.u8(h.extra),
                _ => {}
            }
        }
    }

    /// The bytes of all strings; long ones that are garbage have none.
    pub(super) unsafe fn strings(&mut self) {
        // SAFETY: all objects exist; the kind says which are strings.
        unsafe {
            self.each_object(|writer, o| {
                if (*o).kind == tag::STR || (*o).kind == tag::LSTR && !writer.is_dead(o) {
                    writer.out.raw(Gc::from_ptr(o as *mut Str).bytes());
                }
            });
        }
    }
}

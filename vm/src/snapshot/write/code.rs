//! Chunks and prototypes. What is reached from a prototype that is no other's child is written as an
//! image, with the objects that its functions and strings are.

use super::Writer;
use crate::function::dump::module_of;
use crate::heap::{Gc, Header};
use crate::object::function::{ChunkInfo, ProtoObj};
use crate::value::tag;
use luka_bytecode::image;
use std::collections::HashSet;

impl Writer {
    pub(super) unsafe fn code(&mut self) {
        let (mut live, mut dead) = (Vec::new(), Vec::new());
        // SAFETY: all objects exist; the kind says which are prototypes, and what those refer to
        // exists if they are no garbage.
        unsafe {
            self.each_object(|writer, o| {
                if (*o).kind == tag::PROTO {
                    let list = if writer.is_dead(o) { &mut dead } else { &mut live };
                    list.push(Gc::from_ptr(o as *mut ProtoObj));
                }
            });
        }
        let children: HashSet<*mut ProtoObj> =
            live.iter().flat_map(|p| p.data.protos.iter()).map(|child| child.as_ptr()).collect();
        let roots: Vec<Gc<ProtoObj>> =
            live.iter().copied().filter(|p| !children.contains(&p.as_ptr())).collect();
        for p in roots.iter().chain(&dead) {
            self.chunks.number(&p.data.chunk);
        }
        self.out.count(self.chunks.list.len());
        for i in 0..self.chunks.list.len() {
            let chunk = self.chunks.list[i].clone();
            self.chunk_info(&chunk);
        }
        self.out.count(roots.len());
        for root in roots {
            // SAFETY: the prototypes are no garbage.
            unsafe { self.tree(root) }
        }
        self.out.count(dead.len());
        for p in dead {
            // SAFETY: it exists.
            unsafe { self.reference(p.as_ptr()) };
            let chunk = self.chunks.number(&p.data.chunk);
            self.out.u32(chunk);
            self.out.size(p.data.nominal);
        }
    }

    pub(super) fn chunk_info(&mut self, chunk: &ChunkInfo) {
        let (name, text) = (&chunk.source_name, &chunk.source_text);
        let flags = [chunk.native, name.is_some(), text.is_some()];
        self.out.u8(flags.iter().rev().fold(0, |bits, &flag| bits << 1 | u8::from(flag)));
        for part in [name.as_deref(), text.as_deref()].into_iter().flatten() {
            self.out.bytes(part);
        }
    }

    /// A prototype with all below it.
    unsafe fn tree(&mut self, root: Gc<ProtoObj>) {
        let chunk = self.chunks.number(&root.data.chunk);
        self.out.u32(chunk);
        let mut module = module_of(root);
        module.source_name = None;
        self.out.bytes(&image::encode(&module));
        // In pre-order, as in the image.
        let mut pending = vec![root];
        while let Some(p) = pending.pop() {
            // SAFETY: what a prototype refers to exists.
            unsafe {
                self.reference(p.as_ptr());
                for v in p.data.constants.iter().filter(|v| v.is_string()) {
                    self.reference(v.payload as usize as *mut Header);
                }
            }
            pending.extend(p.data.protos.iter().rev().copied());
        }
    }
}

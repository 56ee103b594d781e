//! Making prototypes: code is linked, lists are laid out in one block.

use super::link::link;
use super::stretch::longest_stretch;
use super::{ChunkInfo, ProtoObj};
use crate::error::Raise;
use crate::heap::{Gc, Header, heap::Heap, objects::set_owner, size};
use crate::object::proto::{List, ProtoData, ProtoRef, block_bytes};
use crate::value::{Value, tag};
use luka_bytecode::{Instr, LazyDebug, Proto, UpvalueDesc};
use std::rc::Rc;

/// What a prototype is made of. The code is not linked yet.
pub(crate) struct ProtoParts<'a> {
    pub code: &'a [Instr],
    pub constants: &'a [Value],
    pub protos: &'a [Gc<ProtoObj>],
    pub upvalues: &'a [UpvalueDesc],
    pub debug: LazyDebug,
    pub chunk: Rc<ChunkInfo>,
    pub line_defined: u32,
    pub last_line_defined: u32,
    pub max_stack: u16,
    pub nominal: usize,
}

impl ProtoParts<'_> {
    /// Bytes of the block it takes.
    pub(crate) fn bytes(&self) -> usize {
        let upvalues = self.upvalues.len();
        block_bytes(self.code.len(), self.constants.len(), self.protos.len(), upvalues)
    }

    /// Writes all into a block.
    ///
    /// # Safety
    /// `block` is unused memory of [`ProtoParts::bytes`] bytes, aligned to 8.
    pub(crate) unsafe fn write(self, block: *mut u8) -> ProtoRef {
        let data = block as *mut ProtoData;
        let code = block.wrapping_add(size_of::<ProtoData>()) as *mut Instr;
        let mut end = code.wrapping_add(self.code.len()) as *mut u8;
        // SAFETY: the block has room for all lists one after the other, each aligned (above).
        unsafe {
            link(self.code, code);
            data.write(ProtoData {
                code: List::new(code, self.code.len()),
                constants: place(&mut end, self.constants),
                protos: place(&mut end, self.protos),
                upvalues: place(&mut end, self.upvalues),
                debug: self.debug,
                chunk: self.chunk,
                line_defined: self.line_defined,
                last_line_defined: self.last_line_defined,
                max_stack: self.max_stack,
                nominal: self.nominal,
            });
            ProtoRef::new(data)
        }
    }
}

/// Copies a list to `end`, and moves that behind it.
///
/// # Safety
/// There is room for the list at `end`, which is aligned for its items.
#[inline(always)]
unsafe fn place<T: Copy>(end: &mut *mut u8, items: &[T]) -> List<T> {
    let at = *end as *mut T;
    *end = end.wrapping_add(size_of_val(items));
    // SAFETY: the caller vouches for the room.
    unsafe {
        if !items.is_empty() {
            std::ptr::copy_nonoverlapping(items.as_ptr(), at, items.len());
        }
        List::new(at, items.len())
    }
}

impl Heap {
    /// A prototype; its code gets linked. [`Raise::Memory`] if the system has no memory for it.
    pub(crate) fn new_proto(
        &mut self,
        parts: ProtoParts<'_>,
        num_params: u8,
        is_vararg: bool,
    ) -> Result<Gc<ProtoObj>, Raise> {
        let block = self.blocks.try_alloc(parts.bytes()).ok_or(Raise::Memory)?;
        let p: *mut ProtoObj = self.object(size::PROTO, tag::PROTO, 0);
        self.account(parts.nominal);
        let functions = parts.chunk.functions.get();
        if functions == 0 {
            self.account(parts.chunk.nominal());
        }
        parts.chunk.functions.set(functions + 1);
        self.longest_stretch = self.longest_stretch.max(longest_stretch(parts.code));
        // SAFETY: a new block of this size; a new object with its header.
        unsafe {
            write_proto(p, block, parts, num_params, is_vararg);
            set_owner(p as *mut Header);
            Ok(Gc::from_ptr(p))
        }
    }
}

/// Writes a prototype to an object that has its header.
///
/// # Safety
/// `p` is an object of a prototype's size, `block` unused memory of the size that the parts take.
pub(crate) unsafe fn write_proto(
    p: *mut ProtoObj,
    block: *mut u8,
    parts: ProtoParts<'_>,
    num_params: u8,
    is_vararg: bool,
) {
    let frame_bytes = parts.max_stack as u32 * size::VALUE as u32;
    // SAFETY: the caller vouches for both.
    unsafe {
        let data = parts.write(block);
        p.write(ProtoObj {
            hdr: (p as *mut Header).read(),
            code: data.code.as_mut_ptr(),
            k: data.constants.as_ptr(),
            frame_bytes,
            exact_b: if is_vararg { u16::MAX } else { num_params as u16 + 1 },
            num_params,
            is_vararg,
            is_native: data.chunk.native,
            native: 0,
            data,
        });
    }
}

/// Nominal size of what a prototype owns once it is linked. Debug information counts as what it
/// says, packed or not: a program has the same size from its source and from an image.
pub(crate) fn proto_size(p: &Proto) -> usize {
    let debug = p.debug.counts();
    size::PROTO_DATA
        + p.code.len() * size::INSTR
        + p.constants.len() * size::VALUE
        + p.protos.len() * size::POINTER
        + p.upvalues.len() * 3
        + debug.lines * 4
        + debug.spans * 8
        + debug.locals * 32
        + debug.upvalue_names * 16
        + debug.name_bytes
}

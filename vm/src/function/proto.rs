//! What a prototype owns: one block of memory, which begins with [`ProtoData`] and holds its lists
//! behind it, so that making and freeing a function costs one allocation.

use super::{ChunkInfo, ProtoObj};
use crate::heap::Gc;
use crate::interp::link::link;
use crate::value::Value;
use luka_bytecode::{Instr, LazyDebug, UpvalueDesc};
use std::ops::Deref;
use std::ptr::NonNull;
use std::rc::Rc;

/// The parts of a prototype the interpreter does not touch on its fast paths.
pub struct ProtoData {
    /// Linked: register and constant operands are byte offsets.
    pub code: List<Instr>,
    pub constants: List<Value>,
    pub protos: List<Gc<ProtoObj>>,
    pub upvalues: List<UpvalueDesc>,
    pub debug: LazyDebug,
    pub chunk: Rc<ChunkInfo>,
    pub line_defined: u32,
    pub last_line_defined: u32,
    pub max_stack: u16,
    /// What all this counts for, in nominal bytes.
    pub(crate) nominal: usize,
}

/// A list in a prototype's block; reads as a slice.
pub struct List<T> {
    at: NonNull<T>,
    len: usize,
}

impl<T> Deref for List<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: the block has `len` items there (`Layout::list`); it is freed with the list.
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.len) }
    }
}

impl<T> List<T> {
    /// Its items, for those who change them in place.
    #[inline(always)]
    pub(crate) fn as_mut_ptr(&self) -> *mut T {
        self.at.as_ptr()
    }
}

/// A prototype's block.
pub struct ProtoRef(NonNull<ProtoData>);

impl Deref for ProtoRef {
    type Target = ProtoData;

    #[inline(always)]
    fn deref(&self) -> &ProtoData {
        // SAFETY: the block is there as long as its prototype, which is the only one to have it.
        unsafe { self.0.as_ref() }
    }
}

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

/// Bytes of a block with lists of these lengths.
const fn block_bytes(code: usize, constants: usize, protos: usize, upvalues: usize) -> usize {
    size_of::<ProtoData>()
        + code * size_of::<Instr>()
        + constants * size_of::<Value>()
        + protos * size_of::<Gc<ProtoObj>>()
        + upvalues * size_of::<UpvalueDesc>()
}

// Every list but the last keeps what follows aligned.
const _: () = {
    assert!(align_of::<ProtoData>() <= 8 && size_of::<ProtoData>().is_multiple_of(8));
    assert!(align_of::<Instr>() <= 8 && size_of::<Instr>().is_multiple_of(8));
    assert!(align_of::<Value>() <= 8 && size_of::<Value>().is_multiple_of(8));
    assert!(align_of::<Gc<ProtoObj>>() <= size_of::<Gc<ProtoObj>>());
    assert!(align_of::<UpvalueDesc>() == 1);
};

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
                code: List { at: NonNull::new_unchecked(code), len: self.code.len() },
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
            ProtoRef(NonNull::new_unchecked(data))
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
        List { at: NonNull::new_unchecked(at), len: items.len() }
    }
}

impl ProtoRef {
    /// Drops what is in the block, and says where and how big it is: it is the caller's to free.
    ///
    /// # Safety
    /// Nothing uses the prototype any more.
    pub(crate) unsafe fn take_apart(&mut self) -> (*mut u8, usize) {
        let bytes = block_bytes(
            self.code.len(),
            self.constants.len(),
            self.protos.len(),
            self.upvalues.len(),
        );
        let data = self.0.as_ptr();
        // SAFETY: written by `ProtoParts::write`, used by nobody else (the caller).
        unsafe { std::ptr::drop_in_place(data) };
        (data as *mut u8, bytes)
    }
}

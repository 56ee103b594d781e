//! What a prototype owns: one block of memory, which begins with [`ProtoData`] and holds its lists
//! behind it, so that making and freeing a function costs one allocation.

use super::Gc;
use super::function::{ChunkInfo, ProtoObj};
use crate::value::Value;
use luka_bytecode::{Instr, LazyDebug, UpvalueDesc};
use std::ops::Deref;
use std::ptr::NonNull;
use std::rc::Rc;

/// The bit of an opcode in linked code that says that native code begins at the instruction. Images
/// never have it: to the verifier it is no opcode.
pub(crate) const NATIVE: u8 = 0x80;

/// The instruction without the mark of native code.
#[inline(always)]
pub(crate) const fn unmarked(instr: Instr) -> Instr {
    Instr { op: instr.op & !NATIVE, ..instr }
}

impl ProtoData {
    /// The linked instruction at `pc`, without the mark of native code.
    #[inline]
    pub(crate) fn instr(&self, pc: usize) -> Instr {
        unmarked(self.code[pc])
    }

    /// All of them.
    pub(crate) fn instrs(&self) -> impl Iterator<Item = Instr> + '_ {
        self.code.iter().map(|&i| unmarked(i))
    }
}

/// The parts of a prototype the interpreter does not touch on its fast paths.
pub struct ProtoData {
    /// Linked: register and constant operands are byte offsets; opcodes may have the mark of native
    /// code.
    pub code: List<Instr>,
    /// Its constants, by index.
    pub constants: List<Value>,
    /// The prototypes of the functions in it.
    pub protos: List<Gc<ProtoObj>>,
    /// Where each upvalue is found when a closure is made.
    pub upvalues: List<UpvalueDesc>,
    /// Debug information, unpacked when it is asked for.
    pub debug: LazyDebug,
    /// What it shares with the other functions of its chunk.
    pub chunk: Rc<ChunkInfo>,
    /// Line of the `function` keyword; 0 for a main function.
    pub line_defined: u32,
    /// Line of the `end`; 0 for a main function.
    pub last_line_defined: u32,
    /// Number of registers.
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
    /// The list of the `len` items at an address.
    ///
    /// # Safety
    /// They are in the block of the prototype that gets the list.
    #[inline(always)]
    pub(crate) unsafe fn new(at: *mut T, len: usize) -> List<T> {
        // SAFETY: an address in a block is not null.
        List { at: unsafe { NonNull::new_unchecked(at) }, len }
    }

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

/// Bytes of a block with lists of these lengths.
pub(crate) const fn block_bytes(
    code: usize,
    constants: usize,
    protos: usize,
    upvalues: usize,
) -> usize {
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

impl ProtoRef {
    /// The block that begins at an address.
    ///
    /// # Safety
    /// It has been written, and nobody else has it.
    #[inline(always)]
    pub(crate) unsafe fn new(at: *mut ProtoData) -> ProtoRef {
        // SAFETY: a block's address is not null.
        ProtoRef(unsafe { NonNull::new_unchecked(at) })
    }

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

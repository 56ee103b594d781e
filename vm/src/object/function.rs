//! Functions on the heap: prototypes as the VM runs them, closures, upvalues, natives.

use super::native::Native;
use super::proto::{ProtoData, ProtoRef};
use super::{Gc, Header};
use crate::value::Value;
use luka_bytecode::Instr;
use std::cell::Cell;
use std::rc::Rc;

/// What the functions of one loaded module share.
#[derive(Debug)]
pub struct ChunkInfo {
    /// Chunk name as given (`@file`, `=name` or source text); `None` when stripped.
    pub source_name: Option<Box<[u8]>>,
    /// The functions pass for natives (see `Module::native`).
    pub native: bool,
    /// Source text, kept for messages when the host asked for it.
    pub source_text: Option<Rc<[u8]>>,
    /// Prototypes on the heap. While there are any, it counts name and text (see
    /// [`ChunkInfo::nominal`]).
    pub(crate) functions: Cell<usize>,
}

impl ChunkInfo {
    pub(crate) fn new(
        source_name: Option<Box<[u8]>>,
        native: bool,
        source_text: Option<Rc<[u8]>>,
    ) -> ChunkInfo {
        ChunkInfo { source_name, native, source_text, functions: Cell::new(0) }
    }

    /// Nominal size of name and text. The name of a chunk may be a whole text, too.
    pub(crate) fn nominal(&self) -> usize {
        self.source_name.as_ref().map_or(0, |name| name.len())
            + self.source_text.as_ref().map_or(0, |text| text.len())
    }
}

/// A prototype, linked: register and constant operands are byte offsets.
#[repr(C)]
pub struct ProtoObj {
    pub(crate) hdr: Header,
    pub(crate) code: *mut Instr,
    pub(crate) k: *const Value,
    /// Frame size in bytes (registers only).
    pub(crate) frame_bytes: u32,
    /// `B` of a CALL that passes exactly the parameters (`num_params + 1`); `u16::MAX` for vararg
    /// functions, so that they take the adjusting path.
    pub(crate) exact_b: u16,
    pub(crate) num_params: u8,
    pub(crate) is_vararg: bool,
    /// Passes for a native (see `Module::native`).
    pub(crate) is_native: bool,
    /// The compiler's number of the function, never used again; 0: it knows nothing of it.
    pub(crate) native: u32,
    pub(crate) data: ProtoRef,
}

/// A closure of a function written in the language; `hdr.extra` upvalue pointers follow.
#[repr(C)]
pub struct LuaFn {
    pub(crate) hdr: Header,
    /// Copies of the prototype's fields, one load nearer.
    pub(crate) code: *const Instr,
    pub(crate) k: *const Value,
    pub(crate) proto: *mut ProtoObj,
    pub(crate) upvals: [*mut Upval; 0],
}

/// An upvalue: open (pointing into a stack) or closed (pointing to its own field).
#[repr(C)]
pub struct Upval {
    pub(crate) hdr: Header,
    pub(crate) v: *mut Value,
    pub(crate) closed: Value,
    /// Next open upvalue of the thread, further down the stack; null at the end or when closed.
    pub(crate) next_open: *mut Upval,
}

/// A native function with `hdr.extra` upvalues following.
#[repr(C)]
pub struct NativeObj {
    pub(crate) hdr: Header,
    pub(crate) def: &'static Native,
    pub(crate) upvals: [Value; 0],
}

impl Gc<LuaFn> {
    /// The prototype the closure was made from.
    #[inline(always)]
    pub fn proto(self) -> Gc<ProtoObj> {
        // SAFETY: a closure's prototype is live as long as the closure.
        unsafe { Gc::from_ptr(self.proto) }
    }
}

impl Gc<ProtoObj> {
    /// Whether it takes a variable number of arguments.
    pub fn is_vararg(&self) -> bool {
        self.is_vararg
    }

    /// How many parameters it has, variable ones not counted.
    pub fn parameters(&self) -> usize {
        self.num_params as usize
    }

    /// Constants, debug information and the like.
    pub fn data(&self) -> &ProtoData {
        &self.data
    }
}

impl Gc<LuaFn> {
    /// Whether it passes for a native (see `Module::native`).
    pub fn is_native(self) -> bool {
        // SAFETY: a closure's prototype is live as long as it is.
        unsafe { (*self.proto).is_native }
    }
}

impl LuaFn {
    /// Address of the `i`-th upvalue pointer, which follows the struct.
    ///
    /// # Safety
    /// `f` has an `i`-th upvalue.
    #[inline(always)]
    pub(crate) unsafe fn upval_slot(f: *mut LuaFn, i: usize) -> *mut *mut Upval {
        (f.wrapping_byte_add(size_of::<LuaFn>()) as *mut *mut Upval).wrapping_add(i)
    }
}

impl NativeObj {
    /// Address of the `i`-th upvalue, which follows the struct.
    ///
    /// # Safety
    /// `f` has an `i`-th upvalue.
    #[inline(always)]
    pub(crate) unsafe fn upval_slot(f: *mut NativeObj, i: usize) -> *mut Value {
        (f.wrapping_byte_add(size_of::<NativeObj>()) as *mut Value).wrapping_add(i)
    }
}

impl Upval {
    ///
    /// # Safety
    /// The upvalue is live.
    #[inline(always)]
    pub(crate) unsafe fn is_open(p: *const Upval) -> bool {
        // SAFETY: callers pass live upvalues.
        unsafe { !std::ptr::eq((*p).v, &raw const (*p).closed) }
    }
}

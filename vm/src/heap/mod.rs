//! The heap: allocation, accounting and garbage collection.
//!
//! # Safepoints
//! A collection runs only at a *safepoint*: the few instructions that allocate (after they
//! finished), the return of a native call, and the calls documented as safepoints. Between two
//! safepoints every reference may be held in Rust locals. At a safepoint the roots are the stacks
//! of all threads up to their tops, the registry, the type metatables and the VM's own fields.
//!
//! # Layout
//! Every object begins with a [`Header`] and lies in a cell of a block ([`cells`]) or, when it is
//! large, in memory of its own; objects never move. An object is marked when its header carries
//! the bit of the current *epoch*; a cycle that looks at the whole heap begins by changing the
//! epoch, so that nothing needs to be painted white again. Marks stay where they are between
//! collections: in generational mode they say which objects are *old*, and a young collection
//! marks and sweeps only what was made since the last one.
//!
//! [`alloc`] is the door to memory, [`heap`] the heap's own data and accounting, [`objects`] and
//! [`new_table`] make and free objects; [`gc`] drives collections through [`marker`], [`weak`], [`finalize`] and
//! [`sweep`], [`pace`] says when, [`stats`] tells what was done; [`barrier`] keeps it honest while the program runs; [`roots`] is
//! the VM's side; [`check`] walks all invariants for tests.

pub(crate) mod alloc;
pub(crate) mod barrier;
pub(crate) mod cells;
pub mod check;
pub(crate) mod finalize;
pub mod gc;
#[allow(clippy::module_inception)]
pub mod heap;
pub(crate) mod host_roots;
pub(crate) mod marker;
pub(crate) mod new_table;
pub(crate) mod objects;
pub(crate) mod pace;
pub(crate) mod poison;
pub(crate) mod roots;
pub(crate) mod serial;
pub mod stats;
pub(crate) mod sweep;
#[cfg(test)]
mod tests;
pub(crate) mod weak;

pub use heap::Heap;

use std::ptr::NonNull;

/// What every heap object begins with: 8 bytes.
#[repr(C)]
pub struct Header {
    /// The object's tag (see [`crate::value::tag`]).
    pub kind: u8,
    /// Colour bits, see [`mark`].
    pub marked: u8,
    /// Tables: bit `e` set says that metamethod `e` (of the first eight, see
    /// [`crate::meta::Event`]) is known to be absent. Reset by every write to the table that is
    /// not to an existing non-metamethod slot. Strings: bit 0, has a serial number. Open
    /// upvalues: the white in which their thread was last seen alive.
    pub flags: u8,
    /// Strings: length when short, whether hashed when long. Lua functions and natives: number of
    /// upvalues. Tables: at which node `__index` was found last, a hint.
    pub extra: u8,
    /// Strings: hash. Threads, tables, functions, userdata: serial number shown by `%p` and
    /// `tostring` (0 until asked for; assigned from a per-VM counter).
    pub hash: u32,
}

/// Bits of [`Header::marked`]. An object has one epoch or one white.
pub mod mark {
    /// Marked in an epoch, one of three; see [`super::heap::Heap`].
    pub const EPOCHS: u8 = 7;
    /// Marked, visited, and stores into the object must tell the collector. May be left from an
    /// older epoch: the barriers find that out.
    pub const BLACK: u8 = 8;
    /// The object is among those with finalizers.
    pub const FINALIZER: u8 = 16;
    /// The object is in no cell.
    pub const LARGE: u8 = 32;
    /// Not marked since it was made; the two colours tell what was made before the last atomic
    /// phase from what was made after it.
    pub const WHITE0: u8 = 64;
    pub const WHITES: u8 = 64 | 128;
    /// All that marking changes.
    pub const COLOURS: u8 = EPOCHS | BLACK | WHITES;
}

/// Nominal sizes in bytes, equal on every target: what accounting and pacing are counted in, and
/// what cells are chosen by.
pub(crate) mod size {
    use crate::function::{LuaFn, NativeObj, ProtoObj, Upval};
    use crate::string::Str;
    use crate::table::Table;
    use crate::thread::Thread;
    use crate::userdata::Userdata;

    pub const POINTER: usize = 8;
    pub const VALUE: usize = 16;
    pub const STR: usize = 24;
    pub const TABLE: usize = 48;
    pub const ARRAY_SLOT: usize = 9;
    pub const NODE: usize = 24;
    pub const LUA_FN: usize = 32;
    pub const NATIVE: usize = 16;
    pub const UPVAL: usize = 40;
    pub const USERDATA: usize = 96;
    pub const THREAD: usize = 192;
    pub const PROTO: usize = 48;
    /// What a prototype owns at least.
    pub const PROTO_DATA: usize = 192;
    pub const INSTR: usize = 8;

    // Objects are laid out in memory of their nominal size.
    const _: () = assert!(size_of::<Str>() <= STR && size_of::<Table>() <= TABLE);
    const _: () = assert!(size_of::<LuaFn>() <= LUA_FN && size_of::<NativeObj>() <= NATIVE);
    const _: () = assert!(size_of::<Upval>() <= UPVAL && size_of::<Userdata>() <= USERDATA);
    const _: () = assert!(size_of::<Thread>() <= THREAD && size_of::<ProtoObj>() <= PROTO);
}

/// A reference to a heap object. Copyable, one word, never null.
#[repr(transparent)]
pub struct Gc<T>(NonNull<T>);

impl<T> Clone for Gc<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Gc<T> {}
impl<T> PartialEq for Gc<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Gc<T> {}

impl<T> Gc<T> {
    /// # Safety
    /// `payload` is the address of a live object of type `T`.
    #[inline(always)]
    pub(crate) unsafe fn from_payload(payload: u64) -> Gc<T> {
        // SAFETY: A live object's address is not null.
        Gc(unsafe { NonNull::new_unchecked(payload as usize as *mut T) })
    }
    /// # Safety
    /// `p` points to a live object of type `T`.
    #[inline(always)]
    pub(crate) unsafe fn from_ptr(p: *mut T) -> Gc<T> {
        // SAFETY: A live object's address is not null.
        Gc(unsafe { NonNull::new_unchecked(p) })
    }
    /// # Safety
    /// `p` is null or points to a live object of type `T`.
    #[inline(always)]
    pub(crate) unsafe fn from_nullable(p: *mut T) -> Option<Gc<T>> {
        NonNull::new(p).map(Gc)
    }
    #[inline(always)]
    pub(crate) fn as_ptr(self) -> *mut T {
        self.0.as_ptr()
    }
}

impl<T> std::ops::Deref for Gc<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the object is live (see the safepoint rule in the module text). Writers go
        // through raw pointers and never while such a reference is held across them.
        unsafe { self.0.as_ref() }
    }
}

//! The heap: allocation, accounting and garbage collection.
//!
//! # Safepoints
//! A collection runs only at a *safepoint*: the few instructions that allocate (after they
//! finished), the return of a native call, and the calls documented as safepoints. Between two
//! safepoints every reference may be held in Rust locals. At a safepoint the roots are the stacks
//! of all threads up to their tops, the registry, the type metatables and the VM's own fields.
//!
//! # Layout
//! Every object begins with a [`Header`] and is linked into one list (short strings: into the
//! string table). The collector is an incremental tri-colour mark and sweep as in PUC Lua 5.4
//! (`lgc.c`): two whites, black; objects never move.
//!
//! [`alloc`] is the door to memory, [`heap`] the heap's own data and accounting, [`objects`] makes
//! and frees objects; [`gc`] drives a cycle through [`marker`], [`weak`], [`finalize`] and
//! [`sweep`]; [`barrier`] keeps it honest while the program runs; [`roots`] is the VM's side;
//! [`check`] walks all invariants for tests.

pub(crate) mod alloc;
pub(crate) mod barrier;
pub mod check;
pub(crate) mod finalize;
pub mod gc;
#[allow(clippy::module_inception)]
pub mod heap;
pub(crate) mod marker;
pub(crate) mod objects;
pub(crate) mod roots;
pub(crate) mod serial;
pub(crate) mod sweep;
#[cfg(test)]
mod tests;
pub(crate) mod weak;

pub use heap::Heap;

use std::ptr::NonNull;

/// What every heap object begins with: 16 bytes.
#[repr(C)]
pub struct Header {
    /// Next object in the list of all objects (or of those with finalizers). Short strings: next
    /// string of the same bucket.
    pub next: *mut Header,
    /// The object's tag (see [`crate::value::tag`]).
    pub kind: u8,
    /// Colour bits, see [`mark`].
    pub marked: u8,
    /// Tables: bit `e` set says that metamethod `e` (of the first eight, see
    /// [`crate::meta::Event`]) is known to be absent. Reset by every write to the table that is
    /// not to an existing non-metamethod slot. Strings: bit 0, has a serial number. Open
    /// upvalues: the cycle in which their thread was last seen alive.
    pub flags: u8,
    /// Strings: length when short, whether hashed when long. Lua functions and natives: number of
    /// upvalues. Tables: at which node `__index` was found last, a hint.
    pub extra: u8,
    /// Strings: hash. Threads, tables, functions, userdata: serial number shown by `%p` and
    /// `tostring` (0 until asked for; assigned from a per-VM counter).
    pub hash: u32,
}

/// Bits of [`Header::marked`].
pub mod mark {
    pub const WHITE0: u8 = 1;
    pub const WHITE1: u8 = 2;
    pub const WHITES: u8 = 3;
    /// Marked and all its references marked or in a gray list. Neither white nor black is gray.
    pub const BLACK: u8 = 4;
    /// The object is in the list of objects with finalizers.
    pub const FINALIZER: u8 = 8;
    /// Never collected (well-known strings).
    pub const FIXED: u8 = 16;
}

/// Nominal sizes in bytes, equal on every target: what accounting and pacing are counted in.
pub(crate) mod size {
    pub const POINTER: usize = 8;
    pub const VALUE: usize = 16;
    pub const STR: usize = 24;
    pub const TABLE: usize = 56;
    pub const ARRAY_SLOT: usize = 9;
    pub const NODE: usize = 24;
    pub const LUA_FN: usize = 40;
    pub const NATIVE: usize = 24;
    pub const UPVAL: usize = 48;
    pub const USERDATA: usize = 96;
    pub const THREAD: usize = 192;
    pub const PROTO: usize = 240;
    pub const INSTR: usize = 8;
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

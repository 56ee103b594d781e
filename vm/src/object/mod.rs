//! Heap objects: what they look like in memory, and what can be read of them without a heap.
//!
//! Every object begins with a [`Header`], whose `kind` says what it is; a [`Gc`] refers to one.
//! Making objects, writing to them and freeing them is the business of [`crate::heap`] and of the
//! folders above it.

pub(crate) mod bytes;
pub mod convert;
pub mod fault;
pub mod function;
pub(crate) mod hash;
pub(crate) mod lookup;
pub mod native;
pub mod proto;
pub(crate) mod size;
pub mod string;
pub mod table;
pub mod thread;
pub mod userdata;

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
    /// upvalues: the epoch in which their thread was last found alive.
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
    /// Marked in an epoch, one of three; see [`crate::heap::Heap`].
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
    /// Both whites.
    pub const WHITES: u8 = 64 | 128;
    /// All that marking changes.
    pub const COLOURS: u8 = EPOCHS | BLACK | WHITES;
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
impl<T> std::hash::Hash for Gc<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

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

//! Typed ids and lists of ids.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// An id of a node: a `u32` index into one of the vectors of a chunk.
pub trait Id: Copy {
    /// The id of the node at an index.
    fn from_index(index: u32) -> Self;
    /// The index of the node.
    fn index(self) -> usize;
}

/// A list of ids, stored in the chunk; read it with [`super::Chunk::list`].
pub struct List<T> {
    /// Position of the length in the chunk's list storage; 0 is the empty list.
    pub(super) at: u32,
    marker: PhantomData<T>,
}

impl<T> List<T> {
    /// The empty list, the same in every chunk.
    pub const EMPTY: List<T> = List::new(0);

    pub(super) const fn new(at: u32) -> List<T> {
        List { at, marker: PhantomData }
    }

    /// Is it the empty list?
    pub const fn is_empty(self) -> bool {
        self.at == 0
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl<T> Eq for List<T> {}

impl<T> Hash for List<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.at.hash(state);
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List::EMPTY
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "List@{}", self.at)
    }
}

macro_rules! define_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u32);

        impl $name {
            /// The id with an index.
            #[inline]
            pub const fn new(index: u32) -> Self { Self(index) }

            /// The index of the node.
            #[inline]
            pub const fn index(self) -> usize { self.0 as usize }
        }

        impl $crate::ast::Id for $name {
            #[inline]
            fn from_index(index: u32) -> Self { Self(index) }

            #[inline]
            fn index(self) -> usize { self.0 as usize }
        }
    )*};
}
pub(super) use define_ids;

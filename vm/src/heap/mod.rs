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
//! # Files
//! * memory: [`alloc`] and [`pages`] obtain it, [`reserve`] keeps some for when the system refuses,
//!   [`cells`] divides blocks, [`poison`] tells AddressSanitizer
//! * the heap's data and accounting: [`heap`]; serial numbers: [`serial`]
//! * making and freeing objects: [`objects`], [`strings`] with their table in [`string_table`],
//!   [`table_parts`]
//! * collections: [`gc`] runs them through [`marker`], [`weak`], [`finalize`] and [`sweep`], starting
//!   at the [`roots`] and [`host_roots`]; [`pacer`] decides when, [`stats`] records what was done
//! * [`edges`] lists what an object refers to, for the marker and the checker; [`walk`] goes through all
//!   objects, [`lost`] when the marker had no memory for its lists
//! * [`census`] counts objects for tools
//! * [`replace`] puts objects in the place of others
//! * [`barrier`] keeps the marker's invariant while the program runs; [`check`] verifies all
//!   invariants in tests

pub(crate) mod alloc;
pub(crate) mod barrier;
pub(crate) mod cells;
pub mod census;
pub mod check;
pub(crate) mod edges;
pub(crate) mod finalize;
pub mod gc;
#[allow(clippy::module_inception)]
pub mod heap;
pub(crate) mod host_roots;
pub(crate) mod lost;
pub(crate) mod marker;
pub(crate) mod objects;
pub(crate) mod pacer;
pub(crate) mod pages;
pub(crate) mod poison;
pub mod replace;
pub mod reserve;
pub(crate) mod roots;
pub(crate) mod serial;
pub mod stats;
pub(crate) mod string_table;
pub(crate) mod strings;
pub(crate) mod sweep;
pub(crate) mod table_parts;
#[cfg(test)]
mod tests;
pub(crate) mod walk;
pub(crate) mod weak;

pub(crate) use crate::object::size;
pub use crate::object::{Gc, Header, mark};
pub use heap::Heap;

//! The stacks of a machine's threads: frames and their links, room for more values, open upvalues,
//! and what the collector finds there.

pub mod collect;
mod faults;
pub mod frames;
pub mod grow;
pub mod link;
mod replace;

pub use frames::{FrameView, Frames};
pub use link::{FrameKind, HEADER, Link, SLOT, TAIL};

//! Modules in Rust that programs require: those that other Lua implementations load as C libraries,
//! with the functions and words of the originals, and the parts in Rust of the modules `luka.*`.
//!
//! Nothing of them is made before it is required ([`crate::embedded`]). Their state is the program's:
//! tables, strings and upvalues, so that it is saved with the program; what is the operating system's
//! is named by numbers of the host's.

pub mod bit;
pub mod bit32;
mod capability;
pub mod fs;
pub mod hash;
pub mod json;
pub mod lfs;
pub mod lpeg;
pub mod net;
pub mod process;

use crate::prim::Entry;
use luka_vm::Native;

/// Name and opener of each module.
pub static OPENERS: &[&[(&str, &Native)]] = &[
    bit::OPENERS,
    bit32::OPENERS,
    fs::OPENERS,
    hash::OPENERS,
    json::OPENERS,
    lfs::OPENERS,
    lpeg::OPENERS,
    net::OPENERS,
    process::OPENERS,
];

/// The functions of the modules.
pub static FUNCTIONS: &[&[Entry]] = &[
    bit::FUNCTIONS,
    bit32::FUNCTIONS,
    fs::CORE,
    hash::CORE,
    net::CORE,
    process::CORE,
    json::FUNCTIONS,
    json::CORE,
    lfs::FUNCTIONS,
    lfs::DIRECTORY_METHODS,
    lfs::LOCK_METHODS,
    lpeg::FUNCTIONS,
    lpeg::OPERATORS,
];

/// The openers and continuations.
pub static INNER: &[&[&Native]] = &[
    bit::INNER,
    bit32::INNER,
    fs::INNER,
    hash::INNER,
    hash::THEN,
    net::INNER,
    net::THEN,
    process::INNER,
    process::THEN,
    json::INNER,
    json::ENCODE,
    json::DECODE,
    lfs::INNER,
    lpeg::INNER,
    lpeg::THEN,
];

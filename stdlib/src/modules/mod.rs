//! Modules in Rust that programs require: those that other Lua implementations load as C libraries,
//! with the functions and words of the originals, and the parts in Rust of the modules `luka.*`.
//!
//! Builds may leave some out (`build.rs`).
//!
//! Nothing of them is made before it is required ([`crate::embedded`]). Their state is the program's:
//! tables, strings and upvalues, so that it is saved with the program; what is the operating system's
//! is named by numbers of the host's.

pub mod bit;
pub mod bit32;
mod capability;
#[cfg(not(without_files))]
pub mod fs;
pub mod hash;
pub mod json;
#[cfg(not(without_files))]
pub mod lfs;
pub mod lpeg;
#[cfg(not(without_net))]
pub mod net;
pub mod process;
#[cfg(not(without_regex))]
pub mod regex;

use crate::prim::Entry;
use luka_vm::Native;

/// Name and opener of each module.
pub static OPENERS: &[&[(&str, &Native)]] = &[
    bit::OPENERS,
    bit32::OPENERS,
    #[cfg(not(without_files))]
    fs::OPENERS,
    hash::OPENERS,
    json::OPENERS,
    #[cfg(not(without_files))]
    lfs::OPENERS,
    lpeg::OPENERS,
    #[cfg(not(without_net))]
    net::OPENERS,
    process::OPENERS,
    #[cfg(not(without_regex))]
    regex::OPENERS,
];

/// The functions of the modules.
pub static FUNCTIONS: &[&[Entry]] = &[
    bit::FUNCTIONS,
    bit32::FUNCTIONS,
    #[cfg(not(without_files))]
    fs::CORE,
    hash::CORE,
    #[cfg(not(without_net))]
    net::CORE,
    process::CORE,
    #[cfg(not(without_regex))]
    regex::CORE,
    json::FUNCTIONS,
    json::CORE,
    #[cfg(not(without_files))]
    lfs::FUNCTIONS,
    #[cfg(not(without_files))]
    lfs::DIRECTORY_METHODS,
    #[cfg(not(without_files))]
    lfs::LOCK_METHODS,
    lpeg::FUNCTIONS,
    lpeg::OPERATORS,
];

/// The openers and continuations.
pub static INNER: &[&[&Native]] = &[
    bit::INNER,
    bit32::INNER,
    #[cfg(not(without_files))]
    fs::INNER,
    hash::INNER,
    hash::THEN,
    #[cfg(not(without_net))]
    net::INNER,
    #[cfg(not(without_net))]
    net::THEN,
    process::INNER,
    process::THEN,
    #[cfg(not(without_regex))]
    regex::INNER,
    #[cfg(not(without_regex))]
    regex::THEN,
    json::INNER,
    json::ENCODE,
    json::DECODE,
    #[cfg(not(without_files))]
    lfs::INNER,
    lpeg::INNER,
    lpeg::THEN,
];

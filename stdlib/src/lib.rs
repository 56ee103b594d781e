//! The standard library of Lua 5.4, on natives alone: no module of it runs code of the language,
//! so that opening it is filling tables. Modules beyond it are opened when a program requires them
//! ([`embedded`]).
//!
//! Every function is declared once, in a [`natives!`](luka_vm::natives) table with its signature
//! and documentation; [`all_natives`] lists them with their continuations. Nothing here touches
//! the operating system: that is the [`Host`](luka_vm::Host)'s.
#![deny(unsafe_code)]
#![warn(missing_docs)]

mod access;
mod base;
#[cfg(not(without_bytecode))]
mod bytecode;
mod coroutine;
mod debug;
pub mod embedded;
pub mod help;
mod io;
mod libs;
pub mod load;
mod math;
mod modules;
mod os;
pub mod package;
mod prim;
#[cfg(not(any(without_bytecode, without_files, without_net)))]
pub mod reference;
pub mod selfhost;
mod string;
mod table;
mod tostring;
mod utf8;

use luka_vm::native::registry::Registry;
use luka_vm::{Gc, Native, Raise, Table, Value, Vm};
use prim::Entry;

pub use libs::{Libs, open, open_libs};
pub use load::CompilerLoader;

/// A library becomes a global and a loaded module.
fn publish(vm: &mut Vm, name: &str, library: Value) -> Result<(), Raise> {
    let loaded = prim::registry_table(vm, package::LOADED)?;
    prim::set_field(vm, loaded, name, library)?;
    let globals = vm.globals();
    prim::set_field(vm, globals, name, library)
}

/// Makes a library of functions and publishes it; returns its table.
fn register(vm: &mut Vm, name: &str, entries: &[Entry]) -> Gc<Table> {
    let t = vm.heap.table();
    // A limit too small for this is noticed at the end of `open_libs`.
    let _ = prim::register(vm, t, entries);
    let _ = publish(vm, name, t.into());
    t
}

/// The functions of all libraries, by library.
static LIBRARIES: &[&[Entry]] = &[
    base::BASE,
    package::PACKAGE,
    package::GLOBALS,
    package::SEARCHERS,
    luka_vm::interp::natives::COROUTINE,
    table::TABLE,
    io::IO,
    io::METHODS,
    io::METAMETHODS,
    os::OS,
    string::STRING,
    math::MATH,
    math::RANDOM,
    math::COMPAT,
    utf8::UTF8,
    debug::DEBUG,
    #[cfg(not(without_bytecode))]
    bytecode::CORE,
];

/// What programs reach only through other functions, and the continuations.
static INNER: &[&[&[&Native]]] = &[
    base::INNER,
    package::THEN,
    table::THEN,
    string::INNER,
    &[
        luka_vm::interp::natives::PROTECTED,
        luka_vm::interp::natives::CONTINUATIONS,
        io::INNER,
        os::THEN,
        math::THEN,
        utf8::INNER,
        debug::THEN,
        #[cfg(not(without_bytecode))]
        bytecode::INNER,
        help::INNER,
    ],
];

/// The types of userdata that the libraries make.
pub const USERDATA: &[&str] = &[
    io::handle::TYPE_NAME,
    luka_vm::native::contract::BUFFER,
    math::random::TYPE_NAME,
    #[cfg(not(without_files))]
    modules::lfs::DIRECTORY,
    #[cfg(not(without_net))]
    modules::net::OBJECT,
    #[cfg(not(without_files))]
    modules::lfs::LOCK,
    modules::lpeg::TYPE_NAME,
];

/// Every native of the libraries; names are unique.
pub fn all_natives() -> impl Iterator<Item = &'static Native> {
    let functions = LIBRARIES.iter().chain(modules::FUNCTIONS);
    let functions = functions.flat_map(|l| l.iter()).map(|(_, native)| *native);
    let inner =
        INNER.iter().chain([&modules::INNER]).copied().flatten().copied().flatten().copied();
    functions.chain(inner)
}

/// The natives of the libraries by name. A host adds those it makes functions of.
pub fn registry() -> Registry {
    let mut registry = Registry::new();
    let added = registry.add(all_natives());
    debug_assert_eq!(added, Ok(()), "two natives have one name");
    registry
}

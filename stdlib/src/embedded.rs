//! Modules that come with the machine without being opened: `require` finds those of its own, whose
//! names begin with `luka.`, behind `package.preload`; the others, which stand in for libraries that
//! others have written, behind `package.path`, so that a copy of the project's own is found first.
//!
//! Those written in the language are images the build made (`build.rs`); those written in Rust are
//! opened by a native. Nothing of either exists in a machine that does not ask for it: start-up
//! reads none of them, and `package.preload` and `package.loaded` stay those of PUC Lua.

use crate::load::{Refused, load_bytes};
use crate::{help, modules};
use luka_vm::{Native, Value, Vm};

/// Name and image of each module written in the language, sorted by name.
static IMAGES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Name and opener of each module written in Rust. An opener returns the module.
static NATIVE: &[(&str, &Native)] = &[
    #[cfg(not(without_bytecode))]
    ("luka.bytecode.core", &crate::bytecode::OPEN),
    ("luka.help", &help::OPEN),
];

/// Name and opener of every module written in Rust.
fn natives() -> impl Iterator<Item = &'static (&'static str, &'static Native)> {
    NATIVE.iter().chain(modules::OPENERS.iter().copied().flatten())
}

/// Whether a module is one of the machine's own, which is found before files.
pub(crate) fn is_own(name: &[u8]) -> bool {
    name.starts_with(b"luka.")
}

/// The image of a module written in the language.
pub fn image(name: &[u8]) -> Option<&'static [u8]> {
    let at = IMAGES.binary_search_by(|(known, _)| known.as_bytes().cmp(name)).ok()?;
    Some(IMAGES[at].1)
}

/// The names of all modules that come with the machine.
pub fn names() -> impl Iterator<Item = &'static str> {
    IMAGES.iter().map(|(name, _)| *name).chain(natives().map(|(name, _)| *name))
}

/// The function that makes a module, if it is one of these.
pub(crate) fn loader(vm: &mut Vm, name: &[u8]) -> Result<Option<Value>, Refused> {
    if let Some(image) = image(name) {
        return load_bytes(vm, image, b"", None).map(|f| Some(f.into()));
    }
    let opener = natives().find(|(known, _)| known.as_bytes() == name);
    Ok(opener.map(|(_, native)| vm.heap.new_native(native, &[]).into()))
}

//! Which libraries a machine has.

use luka_vm::{Raise, Value, Vm};

/// A set of libraries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Libs(u16);

impl Libs {
    /// No library: an empty table of globals.
    pub const NONE: Libs = Libs(0);
    /// The basic functions: `print`, `pairs`, `pcall`, `load` …
    pub const BASE: Libs = Libs(1);
    /// `coroutine`.
    pub const COROUTINE: Libs = Libs(1 << 1);
    /// `table`.
    pub const TABLE: Libs = Libs(1 << 2);
    /// `string`, and the methods of strings.
    pub const STRING: Libs = Libs(1 << 3);
    /// `math`.
    pub const MATH: Libs = Libs(1 << 4);
    /// `utf8`.
    pub const UTF8: Libs = Libs(1 << 5);
    /// `package` and `require`, which finds the modules that come with the machine and, through the
    /// host, files.
    pub const PACKAGE: Libs = Libs(1 << 6);
    /// `io`.
    pub const IO: Libs = Libs(1 << 7);
    /// `os`.
    pub const OS: Libs = Libs(1 << 8);
    /// `debug`, which sees and changes what programs otherwise cannot.
    pub const DEBUG: Libs = Libs(1 << 9);
    /// What strangers' programs may have: [`BASE`](Libs::BASE), [`COROUTINE`](Libs::COROUTINE),
    /// [`TABLE`](Libs::TABLE), [`STRING`](Libs::STRING), [`MATH`](Libs::MATH) and
    /// [`UTF8`](Libs::UTF8).
    pub const SAFE: Libs = Libs(0x3f);
    /// The whole standard library.
    pub const ALL: Libs = Libs(0x3ff);

    /// Whether every library of `other` is in the set.
    pub const fn contains(self, other: Libs) -> bool {
        self.0 & other.0 == other.0
    }

    /// The libraries of both sets.
    pub const fn union(self, other: Libs) -> Libs {
        Libs(self.0 | other.0)
    }

    /// The libraries of this set that are not in the other.
    pub const fn without(self, other: Libs) -> Libs {
        Libs(self.0 & !other.0)
    }
}

impl std::ops::BitOr for Libs {
    type Output = Libs;
    fn bitor(self, other: Libs) -> Libs {
        self.union(other)
    }
}

/// Makes all libraries.
///
/// # Errors
/// [`Raise::Memory`] if the memory limit is smaller than they are.
pub fn open_libs(vm: &mut Vm) -> Result<(), Raise> {
    open(vm, Libs::ALL)
}

/// Makes some libraries: globals and, where there is `package`, loaded modules.
///
/// # Errors
/// As [`open_libs`].
pub fn open(vm: &mut Vm, libs: Libs) -> Result<(), Raise> {
    type Open = fn(&mut Vm) -> Result<Value, Raise>;
    let returned: [(Libs, &str, Open); 6] = [
        (Libs::BASE, "_G", crate::base::open),
        (Libs::PACKAGE, "package", crate::package::open),
        (Libs::COROUTINE, "coroutine", crate::coroutine::open),
        (Libs::TABLE, "table", crate::table::open),
        (Libs::IO, "io", crate::io::open),
        (Libs::OS, "os", crate::os::open),
    ];
    for (lib, name, open) in returned {
        if libs.contains(lib) {
            let library = open(vm)?;
            crate::publish(vm, name, library)?;
        }
    }
    type Register = fn(&mut Vm);
    let registered: [(Libs, Register); 4] = [
        (Libs::STRING, crate::string::open),
        (Libs::MATH, crate::math::open),
        (Libs::UTF8, crate::utf8::open),
        (Libs::DEBUG, crate::debug::open),
    ];
    for (lib, open) in registered {
        if libs.contains(lib) {
            open(vm);
        }
    }
    vm.heap.set_baseline();
    if vm.heap.over_limit() { Err(Raise::Memory) } else { Ok(()) }
}

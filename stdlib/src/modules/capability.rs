//! The parts of a host that modules need: an error where they are not given.

use crate::os::OPENED;
use luka_vm::host::{Fs, HostResult};
use luka_vm::{Raise, Vm};

fn missing(vm: &mut Vm, what: &str, allow: &str) -> Raise {
    vm.error(format!("\"{what}\" is not permitted here (luka --allow={allow})"))
}

/// Asks the host for something about files. The result is the host's, which may refuse single paths.
///
/// # Errors
/// The host offers no files.
pub fn fs<R>(
    vm: &mut Vm,
    ask: impl FnOnce(&mut dyn Fs) -> HostResult<R>,
) -> Result<HostResult<R>, Raise> {
    vm.charge(OPENED);
    let answer = vm.host().fs().map(ask);
    answer.ok_or_else(|| missing(vm, "fs", "fs"))
}

//! The parts of a host that modules need: an error where they are not given.

use crate::os::OPENED;
#[cfg(not(without_files))]
use luka_vm::host::Fs;
#[cfg(not(without_net))]
use luka_vm::host::Net;
use luka_vm::host::{HostResult, Process};
use luka_vm::{Raise, Vm};

/// The error of a module that needs what the host does not offer.
pub fn missing(vm: &mut Vm, what: &str, allow: &str) -> Raise {
    vm.error_plain(format!("\"{what}\" is not permitted here (luka --allow={allow})"))
}

/// Asks the host for something about files. The result is the host's, which may refuse single paths.
///
/// # Errors
/// The host offers no files.
#[cfg(not(without_files))]
pub fn fs<R>(
    vm: &mut Vm,
    ask: impl FnOnce(&mut dyn Fs) -> HostResult<R>,
) -> Result<HostResult<R>, Raise> {
    vm.charge(OPENED);
    let answer = vm.host().fs().map(ask);
    answer.ok_or_else(|| missing(vm, "fs", "fs"))
}

/// The same for operations that are the host's own.
///
/// # Errors
/// The host offers no files.
#[cfg(not(without_files))]
pub fn need_fs(vm: &mut Vm) -> Result<(), Raise> {
    fs(vm, |_| Ok(())).map(drop)
}

/// Asks the host for something about other programs.
///
/// # Errors
/// The host offers none.
pub fn process<R>(
    vm: &mut Vm,
    ask: impl FnOnce(&mut dyn Process) -> HostResult<R>,
) -> Result<HostResult<R>, Raise> {
    vm.charge(OPENED);
    let answer = vm.host().process().map(ask);
    answer.ok_or_else(|| missing(vm, "process", "run"))
}

/// Asks the host for something about the network. The result is the host's, which may refuse single hosts.
///
/// # Errors
/// The host offers none.
#[cfg(not(without_net))]
pub fn net<R>(
    vm: &mut Vm,
    ask: impl FnOnce(&mut dyn Net) -> HostResult<R>,
) -> Result<HostResult<R>, Raise> {
    vm.charge(OPENED);
    let answer = vm.host().net().map(ask);
    answer.ok_or_else(|| missing(vm, "net", "net"))
}

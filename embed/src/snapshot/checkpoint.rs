//! Earlier states of a machine, kept in memory.

use super::{NATIVES, types};
use crate::error::{Error, Result};
use crate::handle::{Releases, Roots};
use crate::state::State;
use crate::vm::Vm;
use luka_vm::snapshot::{self, Unsavable};
use std::sync::Arc;

/// A state that a machine has had. It is no more than data, and may be kept for as long as one likes;
/// [`Vm::rollback`] may go back to it any number of times.
pub struct Checkpoint {
    snapshot: snapshot::Snapshot,
    roots: Roots,
    owner: Arc<Releases>,
}

/// What belongs to a checkpoint besides its bytes.
#[cfg(feature = "toolchain")]
#[doc(hidden)]
#[derive(Clone)]
pub struct Around {
    roots: Roots,
    owner: Arc<Releases>,
}

#[cfg(feature = "toolchain")]
impl Around {
    /// What is around the present state of a machine.
    pub(crate) fn of(vm: &Vm) -> Around {
        let (roots, owner) = vm.with_state(|state| (state.roots.clone(), state.releases.clone()));
        Around { roots, owner }
    }
}

#[cfg(feature = "toolchain")]
impl Checkpoint {
    pub(crate) fn taken_apart(self) -> (Vec<u8>, Around) {
        (self.snapshot.into_bytes(), Around { roots: self.roots, owner: self.owner })
    }

    pub(crate) fn put_together(bytes: Vec<u8>, around: &Around) -> Checkpoint {
        let Around { roots, owner } = around.clone();
        Checkpoint { snapshot: snapshot::Snapshot::of_own(bytes), roots, owner }
    }
}

impl Checkpoint {
    pub(super) fn of(vm: &mut Vm) -> Result<Checkpoint, Unsavable> {
        vm.with(State::release_roots);
        let host = vm.host_section(&[])?;
        let snapshot = vm.machine().snapshot(&host)?;
        let (roots, owner) = vm.with_state(|state| (state.roots.clone(), state.releases.clone()));
        Ok(Checkpoint { snapshot, roots, owner })
    }

    /// Bytes of memory it takes.
    pub fn size(&self) -> usize {
        self.snapshot.as_bytes().len()
    }

    /// The hash of the state, as [`Vm::state_hash`](crate::Vm::state_hash) has it.
    pub fn state_hash(&self) -> u64 {
        self.snapshot.state_hash()
    }

    pub(super) fn apply(&self, vm: &mut Vm) -> Result<()> {
        if !Arc::ptr_eq(&self.owner, &vm.releases()) {
            return Err(Error::foreign());
        }
        let registry = vm.with_state(|state| state.registry.clone());
        let types = types(&registry);
        vm.machine().roll_back(&self.snapshot, &NATIVES, &types).map_err(Error::host)?;
        vm.with_state(|state| state.roots.go_back(&self.roots));
        vm.read_host_section(self.snapshot.host_section()).map_err(Error::host)?;
        // Handles that were dropped since then; and those of roots that the state does not have, if it was
        // put together with what is around another one.
        vm.with(|machine| {
            let count = State::of(machine).roots.len().max(machine.host_roots().len());
            for number in 0..count as u32 {
                let is_root = !machine.host_root(number).is_nil();
                if is_root && State::of(machine).roots.is_held(number) {
                    continue;
                }
                if is_root {
                    machine.remove_host_root(number);
                }
                State::of(machine).roots.forget(number);
            }
        });
        Ok(())
    }
}

impl std::fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Checkpoint({} bytes)", self.size())
    }
}

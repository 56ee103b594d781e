//! Machines as bytes: saved, restored, taken back to an earlier state.

mod checkpoint;
mod compressed;
mod host_section;

#[cfg(feature = "toolchain")]
pub use checkpoint::Around;
pub use checkpoint::Checkpoint;

use crate::builder::{Environment, VmBuilder};
use crate::cx::OwnedMachine;
use crate::error::{Error, Result};
use crate::host::{FileSource, FileState, Host, HostState};
use crate::native;
use crate::registry::Registry;
use crate::state::State;
use crate::value::Value;
use crate::vm::Vm;
use luka_compiler::Std;
use luka_vm::native::registry::Registry as Natives;
use luka_vm::snapshot::bytes::Input;
use luka_vm::snapshot::format::Section;
use luka_vm::snapshot::{self, Setting};
use luka_vm::{Type, Vm as Machine};
use std::io::Write;
use std::sync::LazyLock;

pub use luka_vm::snapshot::{SnapshotError, SnapshotErrorKind, Unsavable};

/// The state of a machine as bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot(pub(crate) snapshot::Snapshot);

impl Snapshot {
    /// The bytes, which [`Vm::restore`] makes a machine of.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }

    /// What [`Vm::snapshot_with`] has attached to the snapshot of these bytes, before it is restored:
    /// it may say how. Nothing is proved but that the bytes are a whole snapshot; of compressed ones
    /// only the header is looked at, and what the host keeps.
    ///
    /// # Errors
    /// The bytes are no snapshot, damaged, or of another version.
    pub fn attachment(bytes: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        let section = match compressed::host_section(bytes)? {
            Some(section) => section,
            None => snapshot::host_section(bytes)?,
        };
        let mut input = Input::new(Section::Host, section);
        Ok(host_section::read_attachment(&mut input)?.to_vec())
    }

    /// The bytes compressed, a quarter to a half as many, of which [`Vm::restore`] makes the same machine.
    /// What the host keeps is not compressed.
    pub fn compressed(&self) -> Vec<u8> {
        compressed::compress(self.as_bytes(), self.0.host_section().len())
    }
}

impl AsRef<[u8]> for Snapshot {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// What a machine is restored with.
#[derive(Default)]
pub struct Restore {
    memory: Option<u64>,
    std: Std,
    environment: Environment,
    files: Decide,
}

/// What becomes of a file that a program had open when it was saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rebind {
    /// The host opens it again, at the same position.
    Reopen,
    /// It is closed: what the program does with it fails, with a message that says why.
    Refuse,
}

/// Decides about a file; `None` refuses all but the standard ones.
type Decide = Option<Box<dyn Fn(&FileState) -> Rebind + Send>>;

/// Gives a host the files of another one.
fn import(host: &mut dyn Host, state: &HostState, decide: &Decide) {
    host.import_clock(state.clock);
    for file in &state.files {
        let refused = match decide {
            Some(decide) => decide(file) == Rebind::Refuse,
            None => file.source != FileSource::Standard,
        };
        let why = if refused {
            "the file was not opened again when the program was restored".to_string()
        } else {
            match host.import_file(file) {
                Ok(()) => continue,
                Err(e) => format!("the file could not be opened again: {}", e.message),
            }
        };
        host.refuse_file(file.id, &why);
    }
}

impl Restore {
    /// No host, and the memory limit that the machine had.
    pub fn new() -> Restore {
        Restore::default()
    }

    /// The most bytes that objects of the program may use. Without it the limit is the one that the
    /// snapshot names: what comes from a stranger needs one of its own.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// The operating system as the program sees it; see [`VmBuilder::host`].
    pub fn host(mut self, host: impl Host + Send + 'static) -> Self {
        self.environment.host = Box::new(host);
        self
    }

    /// Where standard output goes, whatever the host does with it.
    pub fn output(mut self, output: impl Write + Send + 'static) -> Self {
        self.environment.output = Some(Box::new(output));
        self
    }

    /// Decides which files the host opens again that the program had open. Without it, only standard
    /// input, output and error are there again.
    pub fn files(mut self, decide: impl Fn(&FileState) -> Rebind + Send + 'static) -> Self {
        self.files = Some(Box::new(decide));
        self
    }

    /// The language of texts that do not say theirs.
    pub fn std(mut self, std: Std) -> Self {
        self.std = std;
        self
    }

    /// The compiler.
    #[cfg(feature = "toolchain")]
    #[doc(hidden)]
    pub fn loader(mut self, loader: Box<dyn luka_vm::host::Loader>) -> Self {
        self.environment.loader = Some(loader);
        self
    }

    /// The host never panics: it is called without a guard.
    #[cfg(feature = "toolchain")]
    #[doc(hidden)]
    pub fn trusted(mut self) -> Self {
        self.environment.is_trusted = true;
        self
    }
}

/// A machine that was restored.
#[derive(Debug)]
pub struct Restored {
    /// The machine, which goes on where it was.
    pub vm: Vm,
    /// What handles kept alive when it was saved, by their numbers ([`Value::root`]). Numbers that
    /// none had are [`Value::Nil`]. What is dropped here is let go of.
    pub roots: Vec<Value>,
    /// What the host has given [`Vm::snapshot_with`]; empty if nothing. From a snapshot of a
    /// stranger's it can be anything.
    pub attachment: Vec<u8>,
}

/// The natives that snapshots may name.
static NATIVES: LazyLock<Natives> = LazyLock::new(native::natives);

/// The types of userdata that snapshots of machines of a registry may name.
fn types(registry: &Registry) -> Vec<&'static str> {
    let own = registry.entries().types.iter().map(|info| info.name);
    luka_stdlib::USERDATA.iter().copied().chain(own).collect()
}

impl Vm {
    /// The machine's state, with what it is in the middle of. Nothing of it is changed; what handles
    /// keep alive stays so in the snapshot.
    ///
    /// What the host has for a program besides ([`Cx::with_data`](crate::Cx::with_data), what a
    /// registry's functions capture) is not part of it.
    ///
    /// # Errors
    /// Each object of the host and each open file that cannot be saved is named.
    pub fn snapshot(&mut self) -> Result<Snapshot, Unsavable> {
        self.snapshot_with(&[])
    }

    /// [`Vm::snapshot`] with bytes of the host's own, which [`Restored::attachment`] has again: what
    /// the program is to the host, how the host goes on when it ends.
    ///
    /// # Errors
    /// As [`Vm::snapshot`].
    pub fn snapshot_with(&mut self, attachment: &[u8]) -> Result<Snapshot, Unsavable> {
        self.with(State::release_roots);
        let host = self.host_section(attachment)?;
        Ok(Snapshot(self.machine().snapshot(&host)?))
    }

    /// A machine that goes on where another one was saved. The registry must have what the other's
    /// had under the same names. The bytes, compressed or not, may come from a stranger.
    ///
    /// # Errors
    /// See [`SnapshotErrorKind`].
    pub fn restore(
        registry: &Registry,
        bytes: &[u8],
        restore: Restore,
    ) -> Result<Restored, SnapshotError> {
        let Restore { memory, std, environment, files } = restore;
        let (host, loader) = environment.into_parts(std);
        let types = types(registry);
        let setting =
            Setting { natives: &NATIVES, types: &types, memory_limit: memory, host, loader };
        let bytes = compressed::decompressed(bytes, memory)?;
        let (machine, section) = snapshot::restore(&bytes, setting)?;
        Vm::restored(machine, registry, std, section, &files)
    }

    fn restored(
        mut machine: Machine,
        registry: &Registry,
        std: Std,
        section: &[u8],
        rebind: &Decide,
    ) -> Result<Restored, SnapshotError> {
        machine.host_data = Some(Box::new(State::new(registry.clone())));
        let mut vm = Vm::of_machine(OwnedMachine::new(machine), std);
        let count = vm.with(|machine| machine.host_roots().len());
        let mut roots = Vec::new();
        for number in 0..count as u32 {
            let raw = vm.with(|machine| machine.host_root(number));
            roots.push(match raw.type_of() {
                Type::Nil => Value::Nil,
                _ => Value::of_root(raw, vm.root_handle(number)),
            });
        }
        let (state, attachment) = vm.read_host_section(section)?;
        vm.with(|machine| import(machine.host(), &state, rebind));
        Ok(Restored { vm, roots, attachment })
    }

    /// A machine made of the snapshot of another one of this process, whose handles are let go of.
    pub(crate) fn of_template(
        template: &Snapshot,
        registry: &Registry,
        memory: Option<u64>,
        std: Std,
        environment: Environment,
    ) -> Result<Vm> {
        let (host, loader) = environment.into_parts(std);
        let types = types(registry);
        let setting =
            Setting { natives: &NATIVES, types: &types, memory_limit: memory, host, loader };
        let machine = snapshot::restore_own(&template.0, setting).map_err(Error::host)?;
        let section = template.0.host_section();
        let restored = Vm::restored(machine, registry, std, section, &None);
        Ok(restored.map_err(Error::host)?.vm)
    }

    /// A hash of all that the program's further run depends on, but for what the host gives. Machines
    /// whose programs have done the same have the same hash, in every build and on every machine.
    pub fn state_hash(&mut self) -> Result<u64, Unsavable> {
        self.with(State::release_roots);
        Ok(self.machine().snapshot(&[])?.state_hash())
    }

    /// Collects all garbage, so that the next snapshot is smaller. That is a change of state: the
    /// program's own collections come at other times, finalizers of what was found are called when it
    /// goes on.
    pub fn compact(&mut self) {
        self.with(|machine| {
            State::release_roots(machine);
            machine.gc_full();
        });
    }

    /// A state to which [`Vm::rollback`] goes back.
    ///
    /// # Errors
    /// As [`Vm::snapshot`], except that open files are left out: they do not go back.
    pub fn checkpoint(&mut self) -> Result<Checkpoint, Unsavable> {
        Checkpoint::of(self)
    }

    /// Goes back to a state that this machine has had: the program, its memory, its fuel, what is
    /// paused. Handles made since then are gone; those dropped since let go of what they held. What
    /// the program has done to the world outside stays done.
    ///
    /// # Errors
    /// The checkpoint is another machine's, an object of the host's cannot be loaded, or there is not
    /// enough memory.
    pub fn rollback(&mut self, to: &Checkpoint) -> Result<()> {
        to.apply(self)
    }
}

impl VmBuilder {
    /// Makes the machine as a copy of one that was saved in this process, in the place of a new one:
    /// with libraries opened and modules loaded that takes a fraction of the time. The registry must
    /// be the one that machine had. Handles of the other machine are not copied.
    pub fn template(mut self, template: &Snapshot) -> Self {
        self.template = Some(template.clone());
        self
    }
}

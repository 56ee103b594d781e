//! A machine from the host's side.

use crate::budget::Flag;
use crate::builder::VmBuilder;
use crate::chunk::{Chunk, CompileError, Compiled, Content};
use crate::cx::{Cx, OwnedMachine};
use crate::error::Result;
use crate::function::Function;
use crate::host::Host;
use crate::registry::Registry;
use crate::reports::Reports;
use crate::run::Phase;
use crate::table::Table;
use luka_compiler::{Options, Std};
use luka_stdlib::{Libs, load};
use luka_vm::Vm as Machine;
use std::ops::Deref;

/// What loading says when memory is short.
const NO_MEMORY: &[u8] = b"not enough memory";

/// A machine: globals, a heap, and at most one program that runs or is paused.
///
/// It dereferences to [`Cx`], so that whatever takes a context takes a machine. It can be sent to
/// another thread, but not used by two at once.
pub struct Vm {
    machine: OwnedMachine,
    std: Std,
    pub(crate) phase: Phase,
    pub(crate) fuel_used: u64,
    /// Nobody raises it.
    pub(crate) no_flag: Flag,
}

impl Vm {
    /// Begins a machine with what a registry holds.
    pub fn builder(registry: &Registry) -> VmBuilder {
        VmBuilder::new(registry)
    }

    pub(crate) fn of_machine(machine: OwnedMachine, std: Std) -> Vm {
        Vm { machine, std, phase: Phase::Idle, fuel_used: 0, no_flag: Flag::new() }
    }

    /// Chooses whether the machine compiles what it runs, as [`VmBuilder::jit`](crate::VmBuilder::jit)
    /// does; for machines that were restored. What was compiled is given up.
    pub fn set_jit(&mut self, jit: luka_vm::Jit) {
        self.machine().set_jit(jit);
    }

    /// The machine below, to run it.
    pub(crate) fn machine(&mut self) -> &mut Machine {
        self.machine.get()
    }

    /// Makes a function of a chunk. Nothing runs.
    ///
    /// # Errors
    /// The text is no program, the image is damaged, or memory is short.
    pub fn compile(&mut self, chunk: impl Into<Chunk>) -> Compiled<Function> {
        let Chunk { content, name, std } = chunk.into();
        let options = Options { std: std.unwrap_or(self.std), ..Options::default() };
        let load = |machine: &mut Machine| match &content {
            Content::Text(text) if std.is_some() => load::load_text(machine, text, &name, &options),
            Content::Text(text) => load::load_bytes(machine, text, &name, None),
            Content::Image(bytes) => load::load_bytes(machine, bytes, &name, Some(b"b")),
        };
        let loaded = self.with(|machine| match load(machine) {
            Err(message) if message == NO_MEMORY => {
                // There may be garbage.
                machine.gc_full();
                load(machine)
            }
            loaded => loaded,
        });
        match loaded {
            Ok(function) => Ok(Function::from_handle(self.root(function.into()))),
            Err(message) => Err(match content {
                Content::Text(text) if message != NO_MEMORY => {
                    CompileError::of_text(message, &name, &text, options)
                }
                _ => CompileError::plain(message),
            }),
        }
    }

    /// The operating system as the program sees it: what the host writes through it comes in order
    /// with what the program writes.
    pub fn host(&mut self) -> &mut dyn Host {
        self.machine().host()
    }

    /// How reports of errors look from now on, and where they find the texts of files.
    pub fn set_reports(&mut self, reports: Reports) {
        self.with_state(|state| state.reports = reports);
    }

    /// Whether warnings (`warn`) are shown on standard error; a program changes it with
    /// `warn("@on")` and `warn("@off")`.
    pub fn set_warnings(&mut self, on: bool) {
        self.machine().warning(if on { b"@on" } else { b"@off" }, false);
    }

    /// Fuel used by programs of this machine so far: never more than the budgets they ran with, but for
    /// the last instruction or library function of a program, which may cost a few units more.
    pub fn fuel_used(&self) -> u64 {
        self.fuel_used
    }

    /// Fuel for work that was begun within a budget and costs more than was left of it, as that of a
    /// library function on a large string does; where the function can say its price first, the work
    /// is not done before it is paid. It is paid from the next budgets before the program goes on.
    pub fn fuel_owed(&self) -> u64 {
        self.with(|machine| machine.fuel_used() - machine.fuel_paid())
    }

    /// Walks every invariant of the heap, while nothing runs or a program is paused; for tests.
    ///
    /// # Errors
    /// What is wrong: always a fault of this crate.
    #[doc(hidden)]
    pub fn check_heap(&mut self) -> std::result::Result<(), String> {
        self.machine().check_heap()
    }

    /// Seeds `math.random`, if there is one.
    pub(crate) fn seed_random(&mut self, seed: u64) -> Result<()> {
        let math: Option<Table> = self.globals().get(self, "math")?;
        let Some(math) = math else { return Ok(()) };
        let seed_function: Function = math.get(self, "randomseed")?;
        seed_function.call::<()>(self, seed as i64)
    }

    /// How many objects of the host userdata hold.
    pub fn object_count(&self) -> usize {
        self.with_state(|state| state.objects.len())
    }
}

impl Default for Vm {
    /// A machine with nothing: no libraries, no host. To leave in the place of one that is lent.
    fn default() -> Vm {
        let registry = Registry::builder().libs(Libs::NONE).build();
        Vm::builder(&registry).build().expect("a machine without a memory limit can be made")
    }
}

impl Deref for Vm {
    type Target = Cx<'static>;
    fn deref(&self) -> &Cx<'static> {
        self.machine.cx()
    }
}

impl std::fmt::Debug for Vm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vm {{ {} bytes }}", self.memory_used())
    }
}

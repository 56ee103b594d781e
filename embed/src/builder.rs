//! Making machines.

use crate::cx::OwnedMachine;
use crate::error::{Error, Result};
use crate::host::{Guarded, Output};
use crate::native;
use crate::registry::Registry;
use crate::snapshot::Snapshot;
use crate::state::State;
use crate::vm::Vm;
use luka_compiler::Std;
use luka_stdlib::CompilerLoader;
use luka_vm::host::{Host, Loader, NullHost};
use luka_vm::{Config, Jit, Vm as Machine};
use std::io::Write;

/// The longest text of a chunk that is kept for reports, in bytes.
const KEPT: usize = 64 * 1024;

/// Settings of a machine that is to be made; see [`Vm::builder`].
pub struct VmBuilder {
    registry: Registry,
    memory: Option<u64>,
    seed: Option<u64>,
    std: Std,
    default_paths: bool,
    jit: Jit,
    environment: Environment,
    pub(crate) template: Option<Snapshot>,
}

/// What is around a machine.
pub(crate) struct Environment {
    pub(crate) host: Box<dyn Host + Send>,
    pub(crate) output: Option<Box<dyn Write + Send>>,
    /// The compiler, if it is not the usual one.
    pub(crate) loader: Option<Box<dyn Loader>>,
    /// The host does not panic.
    pub(crate) is_trusted: bool,
}

impl Default for Environment {
    fn default() -> Environment {
        Environment { host: Box::new(NullHost), output: None, loader: None, is_trusted: false }
    }
}

impl Environment {
    /// The host and the loader of a machine.
    pub(crate) fn into_parts(self, std: Std) -> (Box<dyn Host + Send>, Box<dyn Loader>) {
        let host: Box<dyn Host + Send> = match self.output {
            None if self.is_trusted => self.host,
            output => Box::new(Guarded::new(self.host, output.map(Output::new))),
        };
        let loader =
            self.loader.unwrap_or_else(|| Box::new(CompilerLoader::new(std).keeping(KEPT)));
        (host, loader)
    }
}

impl VmBuilder {
    pub(crate) fn new(registry: &Registry) -> VmBuilder {
        VmBuilder {
            registry: registry.clone(),
            memory: None,
            seed: None,
            std: Std::default(),
            default_paths: false,
            jit: Jit::Off,
            environment: Environment::default(),
            template: None,
        }
    }

    /// The most bytes that objects of the program may use (by nominal sizes, the libraries
    /// included, which take about 16 KB): beyond it operations raise "not enough memory".
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// The seed of string hashes and of `math.random`. Without one the host gives it: the same
    /// program, input and host make the same run.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The operating system as the program sees it; without one it has no files, no clock, no
    /// environment, and what it prints goes nowhere ([`host::Null`](crate::host::Null)).
    pub fn host(mut self, host: impl Host + Send + 'static) -> Self {
        self.environment.host = Box::new(host);
        self
    }

    /// Where standard output goes, whatever the host does with it.
    pub fn output(mut self, output: impl Write + Send + 'static) -> Self {
        self.environment.output = Some(Box::new(output));
        self
    }

    /// The language of texts that do not say theirs.
    pub fn std(mut self, std: Std) -> Self {
        self.std = std;
        self
    }

    /// Where `require` looks does not depend on the environment (`LUA_PATH` and the like).
    pub fn default_paths(mut self) -> Self {
        self.default_paths = true;
        self
    }

    /// Whether the machine compiles what it runs to native code, on systems where it can. Nothing but
    /// the time depends on it; without this, it does not.
    pub fn jit(mut self, jit: Jit) -> Self {
        self.jit = jit;
        self
    }

    /// The compiler.
    #[cfg(feature = "toolchain")]
    #[doc(hidden)]
    pub fn loader(mut self, loader: Box<dyn Loader>) -> Self {
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

    /// The machine.
    ///
    /// # Errors
    /// The memory limit is smaller than the libraries.
    pub fn build(self) -> Result<Vm> {
        if let Some(template) = &self.template {
            let (memory, std) = (self.memory, self.std);
            let mut vm = Vm::of_template(template, &self.registry, memory, std, self.environment)?;
            vm.machine().set_jit(self.jit);
            if let Some(seed) = self.seed {
                vm.seed_random(seed)?;
            }
            return Ok(vm);
        }
        let hash_seed =
            self.seed.map_or(Config::default().hash_seed, |seed| (seed ^ seed >> 32) as u32);
        let jit = self.jit;
        let config = Config { memory_limit: self.memory, hash_seed, jit, ..Config::default() };
        let (host, loader) = self.environment.into_parts(self.std);
        let too_small = |_| Error::memory();
        let mut machine = Machine::new(config, host, loader).map_err(too_small)?;
        machine.host_data = Some(Box::new(State::new(self.registry)));
        native::install(&mut machine, self.default_paths).map_err(too_small)?;
        let mut vm = Vm::of_machine(OwnedMachine::new(machine), self.std);
        if let Some(seed) = self.seed {
            vm.seed_random(seed)?;
        }
        Ok(vm)
    }
}

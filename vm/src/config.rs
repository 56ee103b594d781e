//! Settings a host gives when it makes a VM.

/// Whether the machine compiles what it runs to native code. Nothing but the time it takes depends
/// on this. Native code is made on x86-64 and aarch64 Linux, in builds with the feature `jit` of this crate and
/// optimisation, and with hosts that give memory for it ([`crate::Host::code_memory`]); elsewhere
/// this has no effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Jit {
    /// Never.
    #[default]
    Off,
    /// What runs often.
    On,
    /// Everything, as soon as it has been executed once: for tests.
    Always,
}

/// Limits and seeds. Everything that could differ between two runs is here or in the host.
#[derive(Clone, Debug)]
pub struct Config {
    /// Bytes of heap the program may use (objects, strings, tables, stacks, by nominal size);
    /// passing it raises "not enough memory".
    pub memory_limit: Option<u64>,
    /// Fuel units granted at first, one for each instruction and more for natives' work; `None`: no
    /// limit.
    pub fuel: Option<u64>,
    /// Seed of string hashes.
    pub hash_seed: u32,
    /// Collect at every n-th safepoint that allocated (testing); 0 = off.
    pub gc_stress: u32,
    /// Native code.
    pub jit: Jit,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            memory_limit: None,
            fuel: None,
            hash_seed: 0x5bd1_e995,
            gc_stress: 0,
            jit: Jit::Off,
        }
    }
}

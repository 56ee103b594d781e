//! The compiler's functions in builds without native code.

use super::report::JitStats;
use crate::config::Jit;
use crate::vm::Vm;

impl Vm {
    /// Chooses whether the machine compiles what it runs: this build cannot.
    pub fn set_jit(&mut self, mode: Jit) {
        self.config.jit = mode;
    }

    /// What was compiled is given up: nothing was.
    pub(crate) fn begin_compiler_again(&mut self) {
        self.update_dispatch();
    }

    /// Whether the machine compiles: this build cannot.
    pub fn has_jit(&mut self) -> bool {
        false
    }

    /// Test mode: there are no guards that could fail.
    pub fn fail_guards(&mut self, _every: u32) {}

    /// What the compiler has done: nothing.
    pub fn jit_stats(&mut self) -> JitStats {
        JitStats::default()
    }

    /// What was compiled: nothing.
    pub fn jit_dump(&mut self) -> String {
        String::new()
    }
}

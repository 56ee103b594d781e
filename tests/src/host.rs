//! The host that most tests give their machines.

use luka::host::Memory;

/// Files in memory, this standard input, and a clock and seed that are the same in every run.
pub fn memory_host(stdin: &[u8]) -> Memory {
    Memory::new().stdin(stdin).now(1_000_000_000).seed(1, 2)
}

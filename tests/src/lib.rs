//! The test harness: what the suites in `tests/` need to run programs.
#![deny(unsafe_code)]

pub mod memory_host;

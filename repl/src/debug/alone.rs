//! The host of a program whose own host is not there: it offers nothing but memory for native code.

use luka::host::{CodeMemory, Host, code_pages};

/// The host.
pub struct Alone;

impl Host for Alone {
    fn code_memory(&mut self, bytes: usize) -> Option<Box<dyn CodeMemory>> {
        code_pages(bytes)
    }
}

//! The crate from outside: what its documentation says, and every way of using it wrongly that
//! compiles.

mod asynchronous;
mod compressed;
mod derive;
mod errors;
mod examples;
mod functions;
mod handles;
mod hosts;
mod misuse;
mod moves;
mod random_calls;
mod reload;
mod runs;
mod serde;
mod snapshot;
mod userdata;
mod values;

use luka::{Libs, Registry, Vm};
use std::io::Write;
use std::sync::{Arc, Mutex};

/// A machine with the safe libraries.
pub fn machine() -> Vm {
    Vm::builder(&Registry::default()).build().expect("a machine")
}

/// A registry with every library.
pub fn all_libraries() -> Registry {
    Registry::builder().libs(Libs::ALL).build()
}

/// Output that can be read while a machine writes to it.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("UTF-8")
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

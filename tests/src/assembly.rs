//! Modules from assembly, as `luka asm` makes them.

use luka_bytecode::text::assemble;
use luka_bytecode::{Module, Verified};
use luka_compiler::diag::Diagnostic;

/// The verified module, or what is wrong with the text.
pub fn read(text: &[u8]) -> Result<Verified<Module>, Vec<Diagnostic>> {
    let read = assemble(text).and_then(|assembled| assembled.verify());
    read.map_err(|faults| faults.into_iter().map(Diagnostic::from).collect())
}

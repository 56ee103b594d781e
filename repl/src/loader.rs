//! The compiler as the VM calls it, in the language mode of the command line. It keeps the text that
//! it compiles, so that errors can show their source line.

use luka_bytecode::{Module, Verified};
use luka_compiler::{Compiler, Options, Std};
use luka_stdlib::{load, selfhost::SelfhostLoader};
use luka_vm::host::{LoadError, LoadLimits, Loader};
use std::rc::Rc;

use crate::options::Compiler as Which;

/// Texts up to this size, in bytes, are kept; longer ones are read again from the file when needed.
const KEPT: usize = 256 * 1024;

/// The loader for a compiler.
pub fn loader(std: Std, compiler: Which) -> Box<dyn Loader> {
    match compiler {
        Which::Rust => Box::new(SourceLoader::new(std)),
        Which::Selfhost => Box::new(SelfhostLoader::new(std, KEPT)),
    }
}

/// Compiles with the Rust compiler.
pub struct SourceLoader {
    options: Options,
    compiler: Compiler,
}

impl SourceLoader {
    /// A loader for a language mode.
    pub fn new(std: Std) -> SourceLoader {
        let options = Options { std, ..Options::default() };
        SourceLoader { options, compiler: Compiler::default() }
    }
}

impl Loader for SourceLoader {
    fn load(
        &mut self,
        source: &[u8],
        chunk_name: &[u8],
        limits: LoadLimits<'_>,
    ) -> Result<Verified<Module>, LoadError> {
        load::compile(&mut self.compiler, source, chunk_name, &self.options, limits)
    }

    fn keep_source(&self, source: &[u8]) -> Option<Rc<[u8]>> {
        (source.len() <= KEPT).then(|| source.into())
    }
}

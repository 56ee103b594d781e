//! The compiler as the VM calls it, in the language mode of the command line. It keeps the text that
//! it compiles, so that errors can show their source line.

use luka_compiler::Std;
use luka_stdlib::CompilerLoader;
use luka_stdlib::selfhost::SelfhostLoader;
use luka_vm::host::Loader;

use crate::options::Compiler;

/// Texts up to this size, in bytes, are kept; longer ones are read again from the file when needed.
const KEPT: usize = 256 * 1024;

/// The loader for a compiler.
pub fn loader(std: Std, compiler: Compiler) -> Box<dyn Loader> {
    match compiler {
        Compiler::Rust => Box::new(CompilerLoader::new(std).keeping(KEPT)),
        Compiler::Selfhost => Box::new(SelfhostLoader::new(std, KEPT)),
    }
}

//! `luka asm FILE -o OUT [--strip]`: reads the text form of a module, has it verified and writes
//! the image, which `luka OUT` runs. `-` is standard input or output.

use luka_bytecode::text::assemble;
use luka_bytecode::{Module, image};
use luka_compiler::diag::Diagnostic;

use super::tool;
use crate::cli::Arguments;

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match Arguments::of("asm", args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let ([path], Some(out)) = (args.files.as_slice(), args.value("-o")) else {
        return tool::misuse("asm", "give one FILE and -o OUT");
    };
    let text = match tool::read(path) {
        Ok(text) => text,
        Err(message) => {
            eprintln!("luka asm: {message}");
            return 1;
        }
    };
    let mut module = match read(&text) {
        Ok(module) => module,
        Err(diagnostics) => {
            tool::show(&diagnostics, &tool::source(path, text));
            return 1;
        }
    };
    if args.has("--strip") {
        module.strip();
    }
    tool::write("asm", out, &image::encode(&module))
}

/// The module a text describes, or what is wrong with it.
fn read(text: &[u8]) -> Result<Module, Vec<Diagnostic>> {
    match assemble(text).and_then(|assembled| assembled.verify()) {
        Ok(module) => Ok(module.into_inner()),
        Err(faults) => Err(faults.into_iter().map(Diagnostic::from).collect()),
    }
}

//! `luka asm FILE -o OUT [--strip]`: reads the text form of a module, verifies it and writes the
//! image, which `luka OUT` runs. `-` is standard input or output.

use luka_bytecode::text::assemble;
use luka_bytecode::{Module, image};
use luka_compiler::diag::Diagnostic;

use super::tool;
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let ([path], Some(out)) = (args.files.as_slice(), args.value("-o")) else {
        return Err(CliError::Usage("give one FILE and -o OUT".into()));
    };
    let text = tool::read(path)?;
    let mut module = match read(&text) {
        Ok(module) => module,
        Err(diagnostics) => {
            console.show(&diagnostics, &tool::source(path, text));
            return Ok(Exit::FAILURE);
        }
    };
    if args.has("--strip") {
        module.strip();
    }
    tool::write(out, &image::encode(&module), console)?;
    Ok(Exit::SUCCESS)
}

/// The module a text describes, or what is wrong with it.
fn read(text: &[u8]) -> Result<Module, Vec<Diagnostic>> {
    match assemble(text).and_then(|assembled| assembled.verify()) {
        Ok(module) => Ok(module.into_inner()),
        Err(faults) => Err(faults.into_iter().map(Diagnostic::from).collect()),
    }
}

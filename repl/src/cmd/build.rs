//! `luka build FILE -o OUT [--strip] [--std=5.4]`: compiles a source to an image, which `luka OUT` runs; with
//! `--exe`, makes a program that runs by itself.

use luka_bytecode::image;
use luka_compiler::Std;

use super::tool;
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::executable;

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let ([path], Some(out)) = (args.files.as_slice(), args.value("-o")) else {
        return Err(CliError::Usage("give one FILE and -o OUT".into()));
    };
    if args.has("--exe") {
        return executable::build(args, path, out, console);
    }
    if let Some((option, _)) = args.flags.iter().find(|(o, _)| o == "--include" || o == "--runtime")
    {
        return Err(CliError::Usage(format!("{option} needs --exe")));
    }
    let source = tool::source(path, tool::read(path)?);
    let mut module = match luka_compiler::compile(&source, &tool::options(args.std)) {
        Ok(module) => module.get().clone(),
        Err(diagnostics) => {
            console.show(&diagnostics, &source);
            return Ok(Exit::FAILURE);
        }
    };
    // What the program loads is compiled in the mode it was built in.
    module.lua54 = args.std == Std::Lua54;
    if args.has("--strip") {
        module.strip();
    }
    tool::write(out, &image::encode(&module), console)?;
    Ok(Exit::SUCCESS)
}

//! `luka build FILE -o OUT [--strip]`: compiles a source to an image, which `luka OUT` runs.

use luka_bytecode::image;

use super::tool;
use crate::cli::Arguments;

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match Arguments::of("build", args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let ([path], Some(out)) = (args.files.as_slice(), args.value("-o")) else {
        return tool::misuse("build", "give one FILE and -o OUT");
    };
    let source = match tool::read(path) {
        Ok(bytes) => tool::source(path, bytes),
        Err(message) => {
            eprintln!("luka build: {message}");
            return 1;
        }
    };
    let mut module = match luka_compiler::compile(&source, &tool::options(args.std)) {
        Ok(module) => module.get().clone(),
        Err(diagnostics) => {
            tool::show(&diagnostics, &source);
            return 1;
        }
    };
    if args.has("--strip") {
        module.strip();
    }
    tool::write("build", out, &image::encode(&module))
}

//! `luka build FILE -o OUT [--strip]`: compiles a source to an image, which `luka OUT` runs.

use luka_bytecode::image;

use super::tool;

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match tool::arguments(args, &["-o"], &["--strip", "-s"]) {
        Ok(args) => args,
        Err(message) => return tool::misuse("build", &message),
    };
    let out = args.flags.iter().rev().find(|(name, _)| name == "-o").and_then(|(_, v)| v.as_ref());
    let ([path], Some(out)) = (args.files.as_slice(), out) else {
        return tool::misuse("build", "give one FILE and -o OUT");
    };
    let strip = args.flags.iter().any(|(name, _)| name != "-o");
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
    if strip {
        module.strip();
    }
    tool::write("build", out, &image::encode(&module))
}

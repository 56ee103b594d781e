//! `luka dis [--stage tokens|ast|hir|bytecode] [--spans] FILE|IMAGE…`: every stage of the compiler
//! as text, also of sources with faults; the listing of an image.

use luka_bytecode::image;
use luka_bytecode::text::{Options as Listing, disassemble};
use luka_compiler::ast::dump_ast;
use luka_compiler::compile::stages;
use luka_compiler::lex::dump_tokens;
use luka_compiler::resolve::dump_hir;

use super::tool;

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match tool::arguments(args, &["--stage"], &["--spans"]) {
        Ok(args) if !args.files.is_empty() => args,
        Ok(_) => return tool::misuse("dis", "no files"),
        Err(message) => return tool::misuse("dis", &message),
    };
    let stage = args.flags.iter().rev().find(|(name, _)| name == "--stage");
    let stage = stage.and_then(|(_, value)| value.clone()).unwrap_or(b"bytecode".to_vec());
    let listing = Listing { spans: args.flags.iter().any(|(name, _)| name == "--spans") };
    let mut code = 0;
    for path in &args.files {
        let bytes = match tool::read(path) {
            Ok(bytes) => bytes,
            Err(message) => {
                eprintln!("luka dis: {message}");
                code = 1;
                continue;
            }
        };
        if image::is_image(&bytes) {
            match image::decode(&bytes) {
                Ok(module) => tool::print(disassemble(&module, listing).as_bytes()),
                Err(error) => {
                    eprintln!("luka dis: {}: {error}", String::from_utf8_lossy(path));
                    code = 1;
                }
            }
            continue;
        }
        let source = tool::source(path, bytes);
        let made = stages(&source, &tool::options(args.std));
        let text = match stage.as_slice() {
            b"tokens" => dump_tokens(&made.tokens, &source),
            b"ast" => dump_ast(&made.chunk, &made.tokens.names),
            b"hir" => dump_hir(&made.hir, &made.tokens.names),
            b"bytecode" => disassemble(&made.module, listing),
            _ => return tool::misuse("dis", "stages are tokens, ast, hir and bytecode"),
        };
        tool::print(text.as_bytes());
        if !made.diagnostics.is_empty() {
            tool::show(&made.diagnostics, &source);
            code = 1;
        }
    }
    code
}

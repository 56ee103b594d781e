//! `luka dis [--stage STAGE] [--source] [--strip] [--edit] FILE|IMAGE…`: every stage of the
//! compiler as text, also of sources with faults; the listing of an image.

use luka_bytecode::Module;
use luka_bytecode::image;
use luka_bytecode::text::{Options as Listing, disassemble};
use luka_bytecode::verify::verify;
use luka_compiler::Options;
use luka_compiler::ast::dump_ast;
use luka_compiler::compile::{Stages, stages};
use luka_compiler::diag::Diagnostic;
use luka_compiler::lex::dump_tokens;
use luka_compiler::print::lua54;
use luka_compiler::resolve::dump_hir;
use luka_compiler::source::Source;

use super::tool;
use crate::cli::Arguments;

/// What can be shown, in the order the compiler makes it.
pub const STAGES: [&str; 6] = ["tokens", "ast", "lowered", "lua54", "hir", "bytecode"];

/// How the listing is to be.
struct How {
    source: bool,
    strip: bool,
    edit: bool,
}

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match Arguments::of("dis", args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let stage = args
        .value("--stage")
        .and_then(|name| STAGES.iter().copied().find(|stage| stage.as_bytes() == name));
    let stage = stage.unwrap_or("bytecode");
    let how =
        How { source: args.has("--source"), strip: args.has("--strip"), edit: args.has("--edit") };
    let mut code = 0;
    for path in &args.files {
        if let Err(message) = show(path, stage, &tool::options(args.std), &how) {
            if !message.is_empty() {
                eprintln!("luka dis: {message}");
            }
            code = 1;
        }
    }
    code
}

/// Prints one file.
///
/// # Errors
/// What went wrong; empty if it has been shown.
fn show(path: &[u8], stage: &str, options: &Options, how: &How) -> Result<(), String> {
    let bytes = tool::read(path)?;
    let name = String::from_utf8_lossy(path);
    if image::is_image(&bytes) {
        let module = image::decode(&bytes).map_err(|error| format!("{name}: {error}"))?;
        if stage != "bytecode" {
            return Err(format!("{name}: an image has no {stage} any more, only bytecode"));
        }
        let text = if how.source { Some(source_of(&module, &name)?) } else { None };
        let judged = verify(module.clone());
        print_module(module, text.as_deref(), how);
        // Anything is shown; what the machine would not run is said to be so.
        return match judged {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("{name}: the verifier refuses this image: {error}")),
        };
    }
    let source = tool::source(path, bytes);
    let made = stages(&source, options);
    let diagnostics = print_stage(made, stage, &source, options, how);
    if diagnostics.is_empty() {
        return Ok(());
    }
    tool::show(&diagnostics, &source);
    Err(String::new())
}

/// Prints a stage; what is wrong with the source.
fn print_stage(
    made: Stages,
    stage: &str,
    source: &Source,
    options: &Options,
    how: &How,
) -> Vec<Diagnostic> {
    let names = &made.tokens.names;
    let text = match stage {
        "tokens" => dump_tokens(&made.tokens, source),
        "ast" => dump_ast(&made.chunk, names),
        "lowered" => dump_ast(&made.lowered, names),
        "hir" => dump_hir(&made.hir, names),
        "lua54" => match lua54(source, options) {
            Ok(text) => text + "\n",
            Err(diagnostics) => return diagnostics,
        },
        _ => {
            let text = how.source.then_some(source.bytes());
            print_module(made.module, text, how);
            return made.diagnostics;
        }
    };
    tool::print(text.as_bytes());
    made.diagnostics
}

fn print_module(mut module: Module, source: Option<&[u8]>, how: &How) {
    if how.strip {
        module.strip();
    }
    let text = disassemble(&module, Listing { source, editable: how.edit });
    tool::print(text.as_bytes());
}

/// The text an image was compiled from: the file it names, or its name, if that is the text.
fn source_of(module: &Module, image: &str) -> Result<Vec<u8>, String> {
    match module.source_name.as_deref() {
        Some([b'@', path @ ..]) => tool::read(path),
        Some([b'=', ..]) => Err(format!("{image} does not say where its source is")),
        Some(text) => Ok(text.to_vec()),
        None => Err(format!("{image} is stripped: it does not say where its source is")),
    }
}

//! `luka dis [--stage STAGE] [--source] [--strip] [--edit] FILE|IMAGE…`: the output of any stage of
//! the compiler as text, even for sources with errors; the listing of an image.

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
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};

/// The stages that can be shown, in the order the compiler runs them.
pub const STAGES: [&str; 6] = ["tokens", "ast", "lowered", "lua54", "hir", "bytecode"];

/// What a listing shows.
struct View<'a> {
    /// Source lines before the instructions made of them.
    source: bool,
    /// No debug information.
    strip: bool,
    /// No instruction numbers.
    edit: bool,
    console: &'a Console,
}

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let stage = args
        .value("--stage")
        .and_then(|name| STAGES.iter().copied().find(|stage| stage.as_bytes() == name));
    let stage = stage.unwrap_or("bytecode");
    let view = View {
        source: args.has("--source"),
        strip: args.has("--strip"),
        edit: args.has("--edit"),
        console,
    };
    let mut exit = Exit::SUCCESS;
    for path in &args.files {
        let shown = view.show(path, stage, &tool::options(args.std));
        match shown.or_else(|error| console.skip(error))? {
            Exit::SUCCESS => {}
            failure => exit = failure,
        }
    }
    Ok(exit)
}

impl View<'_> {
    /// Prints one file.
    fn show(&self, path: &[u8], stage: &str, options: &Options) -> Outcome {
        let bytes = tool::read(path)?;
        let name = String::from_utf8_lossy(path);
        if image::is_image(&bytes) {
            let failed = |why: String| CliError::Failed(format!("{name}: {why}"));
            let module = image::decode(&bytes).map_err(|error| failed(error.to_string()))?;
            if stage != "bytecode" {
                return Err(failed(format!("an image contains bytecode only, no {stage}")));
            }
            let text = if self.source { Some(source_of(&module, &name)?) } else { None };
            let verified = verify(module.clone());
            // An image that will not run is shown, too.
            self.print_module(module, text.as_deref())?;
            verified
                .map_err(|error| failed(format!("the verifier rejects this image: {error}")))?;
            return Ok(Exit::SUCCESS);
        }
        let source = tool::source(path, bytes);
        let made = stages(&source, options);
        let diagnostics = self.print_stage(made, stage, &source, options)?;
        if diagnostics.is_empty() {
            return Ok(Exit::SUCCESS);
        }
        self.console.show(&diagnostics, &source);
        Ok(Exit::FAILURE)
    }

    /// Prints a stage and returns what is wrong with the source.
    fn print_stage(
        &self,
        made: Stages,
        stage: &str,
        source: &Source,
        options: &Options,
    ) -> Result<Vec<Diagnostic>, CliError> {
        let names = &made.tokens.names;
        let text = match stage {
            "tokens" => dump_tokens(&made.tokens, source),
            "ast" => dump_ast(&made.chunk, names),
            "lowered" => dump_ast(&made.lowered, names),
            "hir" => dump_hir(&made.hir, names),
            "lua54" => match lua54(source, options) {
                Ok(text) => text + "\n",
                Err(diagnostics) => return Ok(diagnostics),
            },
            _ => {
                let text = self.source.then_some(source.bytes());
                self.print_module(made.module, text)?;
                return Ok(made.diagnostics);
            }
        };
        self.console.print(text.as_bytes())?;
        Ok(made.diagnostics)
    }

    fn print_module(&self, mut module: Module, source: Option<&[u8]>) -> Result<(), CliError> {
        if self.strip {
            module.strip();
        }
        let text = disassemble(&module, Listing { source, editable: self.edit });
        self.console.print(text.as_bytes())
    }
}

/// The text an image was compiled from: the file it names, or its name, if that is the text.
fn source_of(module: &Module, image: &str) -> Result<Vec<u8>, CliError> {
    let failed = |why| Err(CliError::Failed(format!("{image} {why}")));
    match module.source_name.as_deref() {
        Some([b'@', path @ ..]) => tool::read(path),
        Some([b'=', ..]) => failed("does not name its source file"),
        Some(text) => Ok(text.to_vec()),
        None => failed("is stripped: it does not name its source file"),
    }
}

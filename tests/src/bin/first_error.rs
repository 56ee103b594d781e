//! What the compiler's stages make of many files, one after the other: the oracle that the compiler
//! in Lua is compared with.
//!
//! `first_error [--std lua54] [--stage parse|tokens|ast|hir] [FILE…]`, or the files' names a line each on the
//! standard input. Without a stage each file has a line, `path: ok` or
//! `path: L0103 12..15 "what load says"`, with `--stage parse` the same of the parser alone; with
//! another stage its dump behind a line `=== path`.

use std::io::{BufRead, Write};

use luka_compiler::ast::dump_ast;
use luka_compiler::compile::stages;
use luka_compiler::diag::{Diagnostic, first_error};
use luka_compiler::lex::dump_tokens;
use luka_compiler::parse::parse;
use luka_compiler::resolve::dump_hir;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std};

fn main() -> std::io::Result<()> {
    let mut options = Options::default();
    let mut stage = String::new();
    let mut files = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--std" if args.next().as_deref() == Some("lua54") => options.std = Std::Lua54,
            "--stage" => stage = args.next().unwrap_or_default(),
            _ => files.push(arg),
        }
    }
    if files.is_empty() {
        files = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in files {
        let Ok(bytes) = std::fs::read(&path) else {
            writeln!(out, "{path}: cannot be read")?;
            continue;
        };
        let source = Source::new(format!("@{path}"), bytes, SourceKind::File);
        if stage == "parse" {
            report(&mut out, &path, &source, &parse(&source, &options).diagnostics)?;
            continue;
        }
        let made = stages(&source, &options);
        let dump = match stage.as_str() {
            "tokens" => dump_tokens(&made.tokens, &source),
            "ast" => dump_ast(&made.chunk, &made.tokens.names),
            "hir" => dump_hir(&made.hir, &made.tokens.names),
            _ => {
                report(&mut out, &path, &source, &made.diagnostics)?;
                continue;
            }
        };
        write!(out, "=== {path}\n{dump}")?;
    }
    out.flush()
}

/// The line of a file without a dump.
fn report(
    out: &mut impl Write,
    path: &str,
    source: &Source,
    diagnostics: &[Diagnostic],
) -> std::io::Result<()> {
    match first_error(diagnostics) {
        None => writeln!(out, "{path}: ok"),
        Some(first) => {
            let (code, span) = (first.code, first.span);
            let text = first.load_message(source);
            writeln!(out, "{path}: {code} {}..{} \"{}\"", span.start, span.end, text.escape_ascii())
        }
    }
}

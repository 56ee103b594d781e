//! The formatter: a source text in, the same program in the one layout out.
//!
//! The tokens are printed one after the other, each once and with the comments that stand before
//! it; the tree only decides where lines break and how far they are indented ([`printer`]). So
//! nothing can get lost, and a comment is never in the way. What is printed is a list of commands
//! ([`doc`]), which [`render`] turns into lines no wider than asked for.
//!
//! Four edits are made to tokens, and no others: `;` goes where it separates nothing, `;` in a
//! table becomes `,`, the last separator of a table comes or goes, and short strings change their
//! quotes. [`verify`] reads the output again and compares it with the source, every time.
#![deny(unsafe_code)]
#![warn(missing_docs)]

mod align;
mod doc;
mod lines;
mod printer;
mod quotes;
mod render;
mod verify;

use luka_compiler::Std;
use luka_compiler::diag::Diagnostic;
use luka_compiler::parse::{self, parse};
use luka_compiler::source::Source;

use printer::Printer;

/// How to format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// The language of the text.
    pub std: Std,
    /// The widest line, in characters, that the formatter makes where it can choose; 20 or more.
    pub width: usize,
    /// What one level of indentation is.
    pub indent: Indent,
    /// The quotes of short strings.
    pub quotes: Quotes,
}

/// One level of indentation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Indent {
    /// So many spaces, 1 to 16.
    Spaces(u8),
    /// A tab, which counts as so many columns.
    Tab(u8),
}

/// The quotes of short strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quotes {
    /// `"`, unless `'` saves escapes.
    Double,
    /// `'`, unless `"` saves escapes.
    Single,
    /// As they are.
    Keep,
}

impl Default for Options {
    fn default() -> Options {
        Options { std: Std::Luka, width: 100, indent: Indent::Spaces(2), quotes: Quotes::Double }
    }
}

/// Why a text is not formatted.
#[derive(Debug)]
pub enum Refusal {
    /// It has a syntax error; the diagnostic is that of [`parse()`].
    Syntax(Vec<Diagnostic>),
    /// The output is not the same program: a bug of the formatter. The text says where they differ.
    Internal(String),
}

/// Formats a whole text.
///
/// # Errors
/// The text has a syntax error, or the formatter a bug; see [`Refusal`].
pub fn format(source: &Source, options: &Options) -> Result<Vec<u8>, Refusal> {
    let parsed = parsed(source, options)?;
    let comments = luka_compiler::lex::trivia::comments(source, &parsed.tokens);
    let mut printer = Printer::new(source, &parsed, &comments, options);
    printer.main();
    let (doc, dropped) = printer.finish().map_err(Refusal::Internal)?;
    let eol = lines::eol(source);
    let start = source.start() as usize;
    let mut out = source.bytes()[..start].to_vec();
    if start > 3 && !out.ends_with(b"\n") {
        out.extend(eol);
    }
    out.extend(render::render(source, &doc, options, 0, eol));
    verify::same_program(source, &parsed, &comments, &out, dropped, options)
        .map_err(Refusal::Internal)?;
    Ok(out)
}

/// Formats the whole statements that lie within the lines `first..=last`, counted from 1, and
/// leaves the rest of the text as it is.
///
/// # Errors
/// Those of [`format()`].
pub fn format_lines(
    source: &Source,
    first: u32,
    last: u32,
    options: &Options,
) -> Result<Vec<u8>, Refusal> {
    let parsed = parsed(source, options)?;
    let comments = luka_compiler::lex::trivia::comments(source, &parsed.tokens);
    let Some(found) = lines::statements(source, &parsed, first, last) else {
        return Ok(source.bytes().to_vec());
    };
    let mut printer = Printer::new(source, &parsed, &comments, options);
    printer.statements(&found.stmts);
    let (doc, dropped) = printer.finish().map_err(Refusal::Internal)?;
    let level = lines::level(source, found.span.start, options);
    let text = render::render(source, &doc, options, level, lines::eol(source));
    let bytes = source.bytes();
    let mut out = bytes[..found.span.start as usize].to_vec();
    out.extend(text.trim_ascii());
    out.extend(&bytes[found.span.end as usize..]);
    verify::same_program(source, &parsed, &comments, &out, dropped, options)
        .map_err(Refusal::Internal)?;
    Ok(out)
}

fn parsed(source: &Source, options: &Options) -> Result<parse::Parsed, Refusal> {
    let parsed = parse(source, &parse::Options { std: options.std, ..Default::default() });
    if parsed.diagnostics.is_empty() {
        Ok(parsed)
    } else {
        Err(Refusal::Syntax(parsed.diagnostics))
    }
}

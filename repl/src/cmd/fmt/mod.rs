//! `luka fmt [--check|--diff] [--range L1:L2] [--stdin-path PATH] [FILE|DIR|-]…`: formats sources in
//! place; without a file, all below the current folder. Standard input is formatted to standard
//! output.
//!
//! The exit code is 0 if all went well, 1 if a file has a syntax error, cannot be read or written,
//! or, with `--check` and `--diff`, is not formatted; 3 if the formatter has a bug, which it notices
//! before it writes.

pub(crate) mod style;

use luka_compiler::Std;
use luka_compiler::source::Source;
use luka_fmt::{Refusal, format, format_lines};
use similar::TextDiff;

use super::progress::Progress;
use super::{files, tool};
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::project;
use crate::watch::{self, What};
use style::Style;

/// What is done with the formatted text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Write,
    Check,
    Diff,
}

/// The exit code of a bug in the formatter.
const INTERNAL: Exit = Exit(3);

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    if args.has("--watch") {
        return watch::again_and_again(What::Writer, &args.files, console);
    }
    let mode = match (args.has("--check"), args.has("--diff")) {
        (_, true) => Mode::Diff,
        (true, false) => Mode::Check,
        (false, false) => Mode::Write,
    };
    let settings = project::load(console)?;
    let std = settings.std.filter(|_| args.std == Std::default()).unwrap_or(args.std);
    let style = Style::new(settings.fmt, std);
    let mut run = Run { mode, style, range: range(args)?, console, sum: Sum::default() };
    let named = if args.files.is_empty() { vec![b".".to_vec()] } else { args.files.clone() };
    let paths = files::sources(&named);
    if run.range.is_some() && paths.len() != 1 {
        return Err(CliError::Usage("--range needs one file".into()));
    }
    let mut progress = Progress::new("formatted", paths.len());
    for path in paths {
        progress.step();
        let shown = match args.value("--stdin-path") {
            Some(shown) if path == b"-" => shown.to_vec(),
            _ => path.clone(),
        };
        if let Err(error) = run.file(&path, &shown) {
            progress.clear();
            console.skip(error)?;
            run.sum.failed += 1;
        }
    }
    progress.clear();
    if !named.iter().any(|name| name == b"-") {
        console.note(&run.sum.text(mode));
    }
    Ok(run.sum.exit(mode))
}

/// `L1:L2`, the lines to format.
fn range(args: &Arguments) -> Result<Option<(u32, u32)>, CliError> {
    let Some(text) = args.value("--range") else { return Ok(None) };
    let text = String::from_utf8_lossy(text);
    let line = |text: &str| text.parse::<u32>().ok().filter(|&line| line > 0);
    let lines = text.split_once(':').and_then(|(first, last)| Some((line(first)?, line(last)?)));
    match lines {
        Some((first, last)) if first <= last => Ok(Some((first, last))),
        _ => Err(CliError::Usage(format!("--range takes two line numbers, as 3:10, not '{text}'"))),
    }
}

struct Run<'a> {
    mode: Mode,
    style: Style,
    range: Option<(u32, u32)>,
    console: &'a Console,
    sum: Sum,
}

impl Run<'_> {
    /// Formats one file, which messages call `shown`.
    fn file(&mut self, path: &[u8], shown: &[u8]) -> Result<(), CliError> {
        let source = tool::source(shown, tool::read(path)?);
        self.sum.files += 1;
        let options = self.style.options(shown);
        let formatted = match self.range {
            Some((first, last)) => format_lines(&source, first, last, &options),
            None => format(&source, &options),
        };
        match formatted {
            Ok(text) => self.formatted(path, &source, &text),
            Err(Refusal::Syntax(_)) => {
                let found = luka_compiler::diagnose(&source, &tool::options(options.std));
                self.console.show(&found, &source);
                self.sum.refused += 1;
                Ok(())
            }
            Err(Refusal::Internal(what)) => {
                self.sum.internal += 1;
                let shown = String::from_utf8_lossy(shown);
                Err(CliError::Failed(format!(
                    "internal error: {shown} is left as it is, because {what}; this is a bug in \
                     Luka, please report it together with the source"
                )))
            }
        }
    }

    fn formatted(&mut self, path: &[u8], source: &Source, text: &[u8]) -> Result<(), CliError> {
        let differs = source.bytes() != text;
        self.sum.changed += usize::from(differs);
        let shown = String::from_utf8_lossy(source.name().strip_prefix(b"@").unwrap_or(b"stdin"));
        match self.mode {
            Mode::Write if path == b"-" => self.console.print(text),
            Mode::Write if differs => tool::replace(path, text),
            Mode::Check if differs => self.console.print(format!("{shown}\n").as_bytes()),
            Mode::Diff if differs => {
                let diff = TextDiff::from_lines(source.bytes(), text);
                let mut diff = diff.unified_diff();
                diff.header(&format!("a/{shown}"), &format!("b/{shown}"));
                let mut out = Vec::new();
                diff.to_writer(&mut out).map_err(|error| tool::failed("compare", path, error))?;
                self.console.print(&out)
            }
            _ => Ok(()),
        }
    }
}

/// What the last line says.
#[derive(Default)]
struct Sum {
    files: usize,
    /// Files that were, or were not, formatted.
    changed: usize,
    /// Files with syntax errors.
    refused: usize,
    /// Files that could not be read, formatted or written.
    failed: usize,
    internal: usize,
}

impl Sum {
    fn exit(&self, mode: Mode) -> Exit {
        let unformatted = mode != Mode::Write && self.changed > 0;
        if self.internal > 0 {
            INTERNAL
        } else if self.refused + self.failed > 0 || unformatted {
            Exit::FAILURE
        } else {
            Exit::SUCCESS
        }
    }

    /// `formatted 2 of 3 files`, `2 of 3 files are not formatted`.
    fn text(&self, mode: Mode) -> String {
        let Sum { files, changed, refused, .. } = *self;
        let noun = if files == 1 { "file" } else { "files" };
        let refused = match refused {
            0 => String::new(),
            1 => "; 1 has errors and is left as it is".to_string(),
            n => format!("; {n} have errors and are left as they are"),
        };
        match (mode, changed) {
            (Mode::Write, _) => format!("formatted {changed} of {files} {noun}{refused}\n"),
            (_, 0) => format!("checked {files} {noun}: all are formatted{refused}\n"),
            (_, 1) => format!("checked {files} {noun}: 1 is not formatted{refused}\n"),
            (_, n) => format!("checked {files} {noun}: {n} are not formatted{refused}\n"),
        }
    }
}

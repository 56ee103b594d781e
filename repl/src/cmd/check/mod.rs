//! `luka check [--fix] [--error-format human|short|json|sarif] [-A|-W|-D LINT] [--emit lua54]
//! [FILE|DIR]…`: reports errors and suspicious code, and runs nothing. In a directory (the current one if none is
//! named), all `.lua` and `.luka` files are checked, in order. The exit code is 0 if none has an error; warnings do not
//! count. `--emit lua54` prints sources without errors as plain Lua 5.4.
//!
//! `format` and `sarif` print reports, `fix` applies fixes; the lints are those of
//! [`crate::lints`].

mod fix;
mod format;
mod sarif;

use luka_compiler::check::Linter;
use luka_compiler::diag::{Diagnostic, Severity};
use luka_compiler::source::Source;
use luka_compiler::{Options, Std};

use super::files;
use super::progress::Progress;
use super::tool;
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::lints;
use crate::watch::{self, What};
use format::Format;
use sarif::Sarif;

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let named = if args.files.is_empty() { vec![b".".to_vec()] } else { args.files.clone() };
    if args.has("--watch") {
        let what = if args.has("--fix") { What::Writer } else { What::Reader };
        return watch::again_and_again(what, &named, console);
    }
    let format = match args.value("--error-format") {
        Some(b"short") => Format::Short,
        Some(b"json") => Format::Json,
        Some(b"sarif") => Format::Sarif,
        _ => Format::Human,
    };
    let mut checker = Checker::new(args, console)?;
    let paths = files::sources(&named);
    for path in &paths {
        checker.collect_definitions(path);
    }
    let mut sum = Sum::default();
    let mut sarif = Sarif::default();
    let mut progress = Progress::new("checked", paths.len());
    for path in paths {
        progress.step();
        let mut bytes = match checker.read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                progress.clear();
                console.skip(error)?;
                sum.failed += 1;
                continue;
            }
        };
        if args.has("--fix") {
            match fix::fix(&path, &mut bytes, &checker) {
                Ok(fixed) => sum.fixed += fixed,
                Err(error) => {
                    progress.clear();
                    console.skip(error)?;
                    sum.failed += 1;
                }
            }
        }
        let source = tool::source(&path, bytes);
        let diagnostics = checker.findings(&source);
        if !diagnostics.is_empty() {
            progress.clear();
        }
        match format {
            Format::Sarif => sarif.add(&diagnostics, &source, &path),
            _ => format.print(&diagnostics, &source, &path, console)?,
        }
        sum.add(&diagnostics);
        if args.has("--emit")
            && let Ok(text) = luka_compiler::print::lua54(&source, &checker.options)
        {
            console.print(format!("{text}\n").as_bytes())?;
        }
    }
    progress.clear();
    match format {
        Format::Human => console.note(&sum.text()),
        Format::Sarif => console.print(sarif.text().as_bytes())?,
        Format::Short | Format::Json => {}
    }
    Ok(if sum.errors + sum.failed > 0 { Exit::FAILURE } else { Exit::SUCCESS })
}

/// What finds errors and suspicious code.
struct Checker {
    options: Options,
    linter: Linter,
    /// What was read from standard input, which can be read only once.
    stdin: Option<Vec<u8>>,
}

impl Checker {
    fn new(args: &Arguments, console: &Console) -> Result<Checker, CliError> {
        let (linter, std) = lints::linter(&args.flags, console)?;
        // The command line overrides the project.
        let std = std.filter(|_| args.std == Std::default()).unwrap_or(args.std);
        Ok(Checker { options: tool::options(std), linter, stdin: None })
    }

    fn read(&mut self, path: &[u8]) -> Result<Vec<u8>, CliError> {
        match &self.stdin {
            Some(bytes) if path == b"-" => return Ok(bytes.clone()),
            _ => {}
        }
        let bytes = tool::read(path)?;
        if path == b"-" {
            self.stdin = Some(bytes.clone());
        }
        Ok(bytes)
    }

    /// Notes what a file defines. A file that cannot be read is reported when it is checked.
    fn collect_definitions(&mut self, path: &[u8]) {
        if let Ok(bytes) = self.read(path) {
            self.linter.collect_definitions(&tool::source(path, bytes), &self.options);
        }
    }

    /// The reports about a source: its errors, or the lints' findings if it has none.
    fn findings(&self, source: &Source) -> Vec<Diagnostic> {
        self.linter.diagnose(source, &self.options)
    }
}

/// What the last line says.
#[derive(Default)]
struct Sum {
    files: usize,
    /// Files with reports.
    reported: usize,
    errors: usize,
    warnings: usize,
    fixed: usize,
    /// Files that could not be read or written.
    failed: usize,
}

impl Sum {
    fn add(&mut self, diagnostics: &[Diagnostic]) {
        self.files += 1;
        self.reported += usize::from(!diagnostics.is_empty());
        let of = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
        self.errors += of(Severity::Error);
        self.warnings += of(Severity::Warning);
    }

    /// `applied 2 fixes`, then `checked 3 files: 1 error, 2 warnings in 2 files`. Nothing if no file
    /// was checked, which has been reported.
    fn text(&self) -> String {
        let fixed = match self.fixed {
            0 => String::new(),
            n => format!("applied {}\n", count(n, "fix", "fixes")),
        };
        let mut found = Vec::new();
        if self.errors > 0 {
            found.push(count(self.errors, "error", "errors"));
        }
        if self.warnings > 0 {
            found.push(count(self.warnings, "warning", "warnings"));
        }
        if self.files == 0 && self.failed > 0 {
            return fixed;
        }
        let found = match found.as_slice() {
            [] => "nothing to report".to_string(),
            some => format!("{} in {}", some.join(", "), count(self.reported, "file", "files")),
        };
        format!("{fixed}checked {}: {found}\n", count(self.files, "file", "files"))
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

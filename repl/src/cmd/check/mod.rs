//! `luka check [--fix] [--error-format human|short|json] [-A|-W|-D LINT] [--emit lua54]
//! FILE|DIR…`: says what is wrong with sources, and what is legal and probably not meant, and runs nothing. Of a directory
//! all `.lua` and `.luka` files below it are read, in order. The exit code is 0 if none of them has
//! an error; warnings are none. With `--emit lua54` good sources are printed as plain Lua 5.4.
//!
//! `files` finds the files, `format` prints reports, `fix` applies edits; the lints are those of
//! [`crate::lints`].

mod files;
mod fix;
mod format;

use luka_compiler::check::Linter;
use luka_compiler::diag::{Diagnostic, Severity};
use luka_compiler::source::Source;
use luka_compiler::{Options, Std};

use super::progress::Progress;
use super::tool;
use crate::cli::Arguments;
use crate::lints;
use format::Format;

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match Arguments::of("check", args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let format = match args.value("--error-format") {
        Some(b"short") => Format::Short,
        Some(b"json") => Format::Json,
        _ => Format::Human,
    };
    let mut checker = match Checker::new(&args) {
        Ok(checker) => checker,
        Err(message) => return tool::misuse("check", &message),
    };
    let paths = files::sources(&args.files);
    for path in &paths {
        checker.survey(path);
    }
    let mut sum = Sum { asked: args.files.len(), ..Sum::default() };
    let mut progress = Progress::new("checked", paths.len());
    for path in paths {
        progress.step();
        let mut bytes = match checker.read(&path) {
            Ok(bytes) => bytes,
            Err(message) => {
                eprintln!("luka check: {message}");
                sum.unread += 1;
                continue;
            }
        };
        if args.has("--fix") {
            match fix::fix(&path, &mut bytes, &checker) {
                Ok(fixed) => sum.fixed += fixed,
                Err(message) => {
                    eprintln!("luka check: {message}");
                    sum.unread += 1;
                }
            }
        }
        let source = tool::source(&path, bytes);
        let diagnostics = checker.findings(&source);
        if !diagnostics.is_empty() {
            progress.clear();
        }
        format.print(&diagnostics, &source, &path);
        sum.add(&diagnostics);
        if args.has("--emit")
            && let Ok(text) = luka_compiler::print::lua54(&source, &checker.options)
        {
            tool::print(text.as_bytes());
            tool::print(b"\n");
        }
    }
    progress.clear();
    if format == Format::Human {
        sum.print();
    }
    i32::from(sum.errors > 0 || sum.unread > 0)
}

/// What finds faults and lints.
struct Checker {
    options: Options,
    linter: Linter,
    /// Standard input can be read once only.
    stdin: Option<Result<Vec<u8>, String>>,
}

impl Checker {
    fn new(args: &Arguments) -> Result<Checker, String> {
        let (linter, std) = lints::linter(&args.flags)?;
        // What the command line says goes over what the project says.
        let std = std.filter(|_| args.std == Std::default()).unwrap_or(args.std);
        Ok(Checker { options: tool::options(std), linter, stdin: None })
    }

    fn read(&mut self, path: &[u8]) -> Result<Vec<u8>, String> {
        if path == b"-" {
            return self.stdin.get_or_insert_with(|| tool::read(path)).clone();
        }
        tool::read(path)
    }

    /// Takes notes of what a file defines; reading it again says why it cannot be read.
    fn survey(&mut self, path: &[u8]) {
        if let Ok(bytes) = self.read(path) {
            self.linter.survey(&tool::source(path, bytes), &self.options);
        }
    }

    /// All there is to say about a source: its faults, or its lints if it has none.
    fn findings(&self, source: &Source) -> Vec<Diagnostic> {
        let faults = luka_compiler::diagnose(source, &self.options);
        if faults.is_empty() { self.linter.check(source, &self.options) } else { faults }
    }
}

/// What is said in the end.
#[derive(Default)]
struct Sum {
    /// Files and directories named by the user.
    asked: usize,
    files: usize,
    faulty: usize,
    unread: usize,
    errors: usize,
    warnings: usize,
    fixed: usize,
}

impl Sum {
    fn add(&mut self, diagnostics: &[Diagnostic]) {
        self.files += 1;
        self.faulty += usize::from(!diagnostics.is_empty());
        let of = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
        self.errors += of(Severity::Error);
        self.warnings += of(Severity::Warning);
    }

    /// The summary line; nothing about a single file that is good.
    fn print(&self) {
        if self.fixed > 0 {
            eprintln!("applied {}", count(self.fixed, "fix", "fixes"));
        }
        let quiet = self.asked == 1 && self.files <= 1 && self.faulty == 0;
        if quiet {
            return;
        }
        let files = count(self.files, "file", "files");
        if self.errors + self.warnings == 0 {
            eprintln!("checked {files}: nothing to report");
            return;
        }
        let mut found = Vec::new();
        if self.errors > 0 {
            found.push(count(self.errors, "error", "errors"));
        }
        if self.warnings > 0 {
            found.push(count(self.warnings, "warning", "warnings"));
        }
        let found = found.join(", ");
        eprintln!("checked {files}: {found} in {}", count(self.faulty, "file", "files"));
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

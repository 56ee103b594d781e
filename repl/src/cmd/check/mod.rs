//! `luka check [--fix] [--error-format human|short|json] FILE|DIR…`: says what is wrong with
//! sources and runs nothing. Of a directory all `.lua` and `.luka` files below it are read, in
//! order. The exit code is 0 if all of them are good.
//!
//! `files` finds the files, `format` prints reports, `fix` applies edits.

mod files;
mod fix;
mod format;

use luka_compiler::Options;
use luka_compiler::diag::{Diagnostic, Severity};
use luka_compiler::source::Source;

use super::tool;
use format::Format;

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match tool::arguments(args, &["--error-format"], &["--fix"]) {
        Ok(args) if !args.files.is_empty() => args,
        Ok(_) => return tool::misuse("check", "no files"),
        Err(message) => return tool::misuse("check", &message),
    };
    let mut format = Format::Human;
    let mut fixes = false;
    for (name, value) in &args.flags {
        match (name.as_str(), value.as_deref()) {
            ("--fix", _) => fixes = true,
            (_, Some(b"human")) => format = Format::Human,
            (_, Some(b"short")) => format = Format::Short,
            (_, Some(b"json")) => format = Format::Json,
            _ => return tool::misuse("check", "--error-format is human, short or json"),
        }
    }
    let options = tool::options(args.std);
    let mut sum = Sum { asked: args.files.len(), ..Sum::default() };
    for path in files::sources(&args.files) {
        let mut bytes = match tool::read(&path) {
            Ok(bytes) => bytes,
            Err(message) => {
                eprintln!("luka check: {message}");
                sum.unread += 1;
                continue;
            }
        };
        if fixes {
            match fix::fix(&path, &mut bytes, &options) {
                Ok(fixed) => sum.fixed += fixed,
                Err(message) => {
                    eprintln!("luka check: {message}");
                    sum.unread += 1;
                }
            }
        }
        let source = tool::source(&path, bytes);
        let diagnostics = findings(&source, &options);
        format.print(&diagnostics, &source, &path);
        sum.add(&diagnostics);
    }
    if format == Format::Human {
        sum.print();
    }
    i32::from(sum.errors > 0 || sum.unread > 0)
}

/// All there is to say about a source.
fn findings(source: &Source, options: &Options) -> Vec<Diagnostic> {
    luka_compiler::diagnose(source, options)
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

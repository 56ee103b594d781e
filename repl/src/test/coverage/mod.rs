//! Coverage: which lines and branches of a project's files tests have executed.
//!
//! A machine counts instructions ([`luka_vm::interp::coverage`]). Here the counts are brought to the
//! lines of a file, which is compiled again for the lines of its instructions: a line was executed as
//! often as the instruction of it that was executed most often. Lines without instructions of their
//! own (comments, `else`, `end`) have no count. A branch is a conditional jump: conditions, and `and`,
//! `or`, `??` and the like; loops that count or iterate are none.

mod html;
mod json;
mod lcov;
mod text;

use luka_bytecode::{Flow, Module, Op};
use luka_compiler::source::Source;
use luka_vm::interp::coverage::Counts;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::cli::{CliError, Console};
use crate::cmd::tool;
use luka_compiler::Std;

/// What was executed of a file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct FileCoverage {
    /// Its path, from the current folder.
    pub path: String,
    /// How often each line was executed.
    pub lines: BTreeMap<u32, u32>,
    /// The branches, in the order of functions and instructions.
    pub branches: Vec<Branch>,
}

/// A place where a program goes one of two ways.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct Branch {
    pub line: u32,
    /// How often each way was taken.
    pub ways: [u32; 2],
}

impl FileCoverage {
    /// Adds what was executed in another machine.
    fn add(&mut self, other: &FileCoverage) {
        for (line, count) in &other.lines {
            let sum = self.lines.entry(*line).or_default();
            *sum = sum.saturating_add(*count);
        }
        for (branch, other) in self.branches.iter_mut().zip(&other.branches) {
            for (sum, count) in branch.ways.iter_mut().zip(other.ways) {
                *sum = sum.saturating_add(count);
            }
        }
    }

    /// Lines executed, and lines there are.
    fn line_sums(&self) -> (usize, usize) {
        (self.lines.values().filter(|&&count| count > 0).count(), self.lines.len())
    }

    /// Ways taken, and ways there are.
    fn branch_sums(&self) -> (usize, usize) {
        let ways = self.branches.iter().flat_map(|branch| branch.ways);
        (ways.filter(|&count| count > 0).count(), 2 * self.branches.len())
    }
}

/// The comment that leaves code out.
const NO_COVERAGE: &str = "-- luka: no coverage";

/// Lines that are not to be looked at: those with the comment `-- luka: no coverage`. On a function's
/// first line it stands for the function, as the first line of a file for the file.
fn excluded(source: &Source, module: &Module) -> BTreeSet<u32> {
    let text = String::from_utf8_lossy(source.bytes());
    let lines = text.lines().zip(1..).filter(|(line, _)| line.contains(NO_COVERAGE));
    let mut excluded: BTreeSet<u32> = lines.map(|(_, number)| number).collect();
    if text.trim_start().starts_with(NO_COVERAGE) {
        return (1..=text.lines().count() as u32).collect();
    }
    for proto in &module.protos {
        if proto.line_defined > 0 && excluded.contains(&proto.line_defined) {
            excluded.extend(proto.line_defined..=proto.last_line_defined);
        }
    }
    excluded
}

/// What was executed of a file with this text: what `counts` says of its functions, nothing if there
/// are none. `None`: the file has errors, or the counts are those of another text.
fn of_text(path: &str, text: Vec<u8>, counts: &[Counts]) -> Option<FileCoverage> {
    let source = tool::source(path.as_bytes(), text);
    let module = luka_compiler::compile(&source, &tool::options(Std::default())).ok()?;
    let module = module.get();
    let lengths = module.protos.iter().map(|proto| proto.code.len());
    if !counts.is_empty() && !counts.iter().map(|counts| counts.instructions.len()).eq(lengths) {
        return None;
    }
    let excluded = excluded(&source, module);
    let mut file = FileCoverage { path: path.into(), lines: BTreeMap::new(), branches: Vec::new() };
    for (number, proto) in module.protos.iter().enumerate() {
        let count = |pc: usize| {
            let counts = counts.get(number).and_then(|counts| counts.instructions.get(pc));
            counts.copied().unwrap_or_default()
        };
        for (pc, (instr, &line)) in proto.code.iter().zip(&proto.debug.lines).enumerate() {
            let Some(op) = Op::from_u8(instr.op).filter(|_| !excluded.contains(&line)) else {
                continue;
            };
            let is_last = pc + 1 == proto.code.len();
            let is_end = is_last && op == Op::Return0 && line >= proto.last_line_defined;
            if is_end || matches!(op, Op::VarargPrep | Op::Closure) || op.info().flow == Flow::Goto
            {
                continue;
            }
            let runs = file.lines.entry(line).or_default();
            *runs = (*runs).max(count(pc).runs);
            let next = proto.code.get(pc + 1).and_then(|next| Op::from_u8(next.op));
            let is_loop = matches!(op, Op::ForPrep | Op::ForLoop | Op::TForLoop);
            // (What a comparison gives as a value is no branch.)
            if op.info().flow == Flow::Branch && !is_loop && next != Some(Op::LFalseSkip) {
                let ways = [count(pc).next, count(pc).jumped];
                file.branches.push(Branch { line, ways });
            }
        }
    }
    Some(file)
}

/// A path from the current folder, if it is in it.
fn relative(path: &str) -> Option<String> {
    let path = path.strip_prefix("./").unwrap_or(path);
    if !path.starts_with('/') {
        return (!path.starts_with("../")).then(|| path.to_string());
    }
    let here = std::env::current_dir().ok()?;
    let inside = Path::new(path).strip_prefix(&here).ok()?;
    Some(inside.to_str()?.to_string())
}

/// What a machine has executed of the files in the current folder.
pub fn of_machine(machine: &luka_vm::Vm) -> Vec<FileCoverage> {
    let chunks = machine.coverage().map(|coverage| coverage.chunks()).unwrap_or_default();
    let files = chunks.iter().filter_map(|chunk| {
        let path = relative(str::from_utf8(chunk.name.strip_prefix(b"@")?).ok()?)?;
        let text = std::fs::read(&path).ok()?;
        of_text(&path, text, &chunk.functions)
    });
    files.collect()
}

/// How a report of coverage looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// A table on standard output.
    Text,
    /// `lcov.info`
    Lcov,
    /// `coverage.html`
    Html,
    /// `coverage.json`
    Json,
}

/// What was executed by all tests.
#[derive(Default)]
pub struct Coverage {
    files: BTreeMap<String, FileCoverage>,
}

impl Coverage {
    /// The coverage of these files, of which nothing was executed yet.
    pub fn new(paths: &[String]) -> Coverage {
        let mut coverage = Coverage::default();
        for path in paths {
            let Some(path) = relative(path) else { continue };
            let file = std::fs::read(&path).ok().and_then(|text| of_text(&path, text, &[]));
            if let Some(file) = file {
                coverage.files.insert(path, file);
            }
        }
        coverage
    }

    /// Adds what was executed of a file, if it is one of those that are looked at.
    pub fn add(&mut self, covered: &FileCoverage) {
        if let Some(file) = self.files.get_mut(&covered.path) {
            file.add(covered);
        }
    }

    /// Lines executed of all, in percent.
    pub fn percent(&self) -> f64 {
        let sums = self.files.values().map(FileCoverage::line_sums);
        let (hit, all) = sums.fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        percent(hit, all)
    }

    /// Writes a report: the table to standard output, others to their file in the current folder.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, format: Format, console: &Console) -> Result<(), CliError> {
        let files: Vec<&FileCoverage> = self.files.values().collect();
        let (path, text) = match format {
            Format::Text => return console.print(text::report(&files).as_bytes()),
            Format::Lcov => ("lcov.info", lcov::report(&files)),
            Format::Html => ("coverage.html", html::report(&files)),
            Format::Json => ("coverage.json", json::report(&files)),
        };
        tool::write(path.as_bytes(), text.as_bytes(), console)
    }
}

/// A share in percent; all of nothing is everything.
fn percent(part: usize, all: usize) -> f64 {
    if all == 0 { 100.0 } else { 100.0 * part as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> FileCoverage {
        of_text("a.lua", text.into(), &[]).expect("it compiles")
    }

    #[test]
    fn lines_with_code_of_their_own_count() {
        let text = "-- a\nlocal M = {}\nfunction M.f(a)\n  if a then\n    return 1\n  else\n    a = 2\n  \
                    end\n  for i = 1, a do\n    print(i)\n  end\nend\nreturn M\n";
        let found = file(text);
        assert_eq!(found.lines.keys().copied().collect::<Vec<_>>(), [2, 3, 4, 5, 7, 9, 10, 13]);
        assert_eq!(found.branches, [Branch { line: 4, ways: [0, 0] }]);
    }

    #[test]
    fn comments_leave_lines_and_functions_out() {
        let text = "local x = 1 -- luka: no coverage\nlocal function f() -- luka: no coverage\n  \
                    x = 2\nend\nf()\n";
        assert_eq!(file(text).lines.keys().copied().collect::<Vec<_>>(), [5]);
        assert!(file("-- luka: no coverage\nx = 1\n").lines.is_empty());
    }

    #[test]
    fn operators_are_branches_and_comparisons_as_values_are_not() {
        assert_eq!(file("local a, b = ...\nreturn a and b\n").branches.len(), 1);
        assert_eq!(file("local a, b = ...\nreturn a == b\n").branches.len(), 0);
    }
}

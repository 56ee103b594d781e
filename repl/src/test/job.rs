//! What a worker is asked to do, and what it tells: lines of JSON on a pipe.

use serde::{Deserialize, Serialize};

use super::coverage::FileCoverage;
use super::select::Selection;

/// A file of tests to run in a process of its own.
#[derive(Clone, Serialize, Deserialize, Debug)]
pub struct Job {
    /// The file, as it is to be called.
    pub path: String,
    /// What kind of file it is.
    pub kind: Kind,
    /// Which of its tests.
    pub selection: Selection,
    /// What the language finds of the job.
    pub settings: Settings,
    /// Tests up to this one have been run before.
    pub after: usize,
    /// Whether tests are named instead of run.
    pub lists: bool,
    /// Whether the first failure ends it.
    pub fails_fast: bool,
    /// Whether what is executed is noted.
    pub covers: bool,
    /// Fuel for each test.
    pub fuel: u64,
}

/// Kinds of files.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub enum Kind {
    /// It finds the names of specs (`describe`, `it`, `assert`) as variables.
    Spec,
    /// A program, whose functions `test_*` are tests; one that has none is a test itself.
    Plain,
    /// Examples in a page or in comments.
    Examples(Vec<Example>),
}

/// A program in documentation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct Example {
    /// The line it begins in, from 1.
    pub line: u32,
    /// Its text, so far down that its lines have the numbers of the file's.
    pub text: String,
    /// What it is to print, if that is said.
    pub prints: Option<String>,
}

/// What `luka.test.run` is given.
#[derive(Clone, Serialize, Deserialize, Debug)]
pub struct Settings {
    pub path: String,
    /// The program `luka`, for `arg[-1]`.
    pub program: String,
    pub spec: bool,
    /// What is put in front of `package.path`.
    pub lpath: String,
    /// A file that prepares specs.
    pub helper: Option<String>,
    pub seed: i64,
    pub shuffle: bool,
    pub sort: bool,
    /// `setup` is `lazy_setup`.
    pub lazy: bool,
    /// Snapshots are kept as they are now.
    pub update: bool,
    /// All tests of the file run, so that unused snapshots are known.
    pub all: bool,
    /// Patterns of which names of tests match one, and none.
    pub filter: Vec<String>,
    pub filter_out: Vec<String>,
}

/// How a test ended.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It holds.
    Success,
    /// It does not hold.
    Failure,
    /// Something else went wrong in it.
    Error,
    /// It is to be done later.
    Pending,
}

impl Status {
    /// Whether something is wrong.
    pub fn is_bad(self) -> bool {
        matches!(self, Status::Failure | Status::Error)
    }
}

/// What is to be shown of an error.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, Debug)]
#[serde(default)]
pub struct Caught {
    pub message: Option<String>,
    /// The message without a place in front, where it is known.
    pub text: Option<String>,
    /// Where it happened: the file, the line and its text.
    pub source: Option<String>,
    pub line: Option<u32>,
    pub code: Option<String>,
    /// Names in that line, and their values.
    pub values: Vec<(String, String)>,
    /// Lines that show what differs.
    pub differences: Vec<String>,
    /// The functions that were active, the innermost first.
    pub trace: Vec<String>,
}

impl Caught {
    /// An error with nothing but a message.
    pub fn message(message: impl Into<String>) -> Caught {
        Caught { message: Some(message.into()), ..Caught::default() }
    }
}

/// The end of a test, or an error outside of tests.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
pub struct Ended {
    /// Its full name.
    pub name: String,
    /// The line it begins in.
    pub line: Option<u32>,
    /// `false`: it is a hook, a block or the file itself.
    pub is_test: bool,
    pub status: Status,
    pub caught: Vec<Caught>,
    /// What was written to standard output and error.
    pub output: String,
    /// Fuel used.
    pub fuel: u64,
    pub microseconds: u64,
}

/// What a worker tells.
#[derive(Clone, Serialize, Deserialize, Debug)]
pub enum Event {
    /// A test of this number and name is about to run.
    Begin { number: usize, name: String, line: Option<u32> },
    /// One has ended, or something else has failed.
    End(Ended),
    /// A test that is there.
    Listed { name: String, line: Option<u32> },
    /// A snapshot that no test has used.
    Unused(String),
    /// What was executed of a file.
    Covered(FileCoverage),
    /// Nothing follows. If the machine had to be given up, the tests behind this one have not run. Names of
    /// files that had to be compiled.
    Over { left_after: Option<usize>, compiled: Vec<Vec<u8>> },
}

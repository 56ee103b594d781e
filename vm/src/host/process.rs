//! Other programs, without a shell between.

use super::{ExitStatus, HostResult};

/// Where a stream of a started program leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Redirect {
    /// Where the machine's own leads.
    Inherit,
    /// Nowhere.
    Discard,
    /// To whoever waits for the program ([`Finished`]).
    Capture,
    /// Standard error only: where standard output leads.
    Merge,
}

/// A program to be started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// The program, which is searched for along `PATH` if its name has no slash, and its arguments.
    pub argv: Vec<Vec<u8>>,
    /// Variables of its environment that are set, or with `None` removed, besides the machine's.
    pub env: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// The folder it begins in; `None`: the current one.
    pub folder: Option<Vec<u8>>,
    /// What it reads from standard input; `None`: what the machine would.
    pub input: Option<Vec<u8>>,
    /// Standard output.
    pub output: Redirect,
    /// Standard error.
    pub error: Redirect,
    /// The most bytes that are kept of each stream that is captured; the rest is read and dropped.
    pub most: usize,
}

/// A started program, by a number of the host's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProcessId(pub u64);

/// What has become of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// What was captured of its standard output.
    pub output: Vec<u8>,
    /// What was captured of its standard error.
    pub error: Vec<u8>,
    /// Whether a stream had more than is kept.
    pub cut: bool,
}

/// Other programs, where a host offers them ([`Host::process`](super::Host::process)).
pub trait Process {
    /// Starts a program.
    fn start(&mut self, command: &Command) -> HostResult<ProcessId>;
    /// Waits at most so many seconds for the end of a program. Its number is free afterwards.
    fn wait(&mut self, process: ProcessId, seconds: f64) -> HostResult<Option<Finished>>;
    /// Sends a signal to a program that was started here and not waited for.
    fn signal(&mut self, process: ProcessId, signal: i32) -> HostResult<()>;
    /// The operating system's number of a program that was started here, or of this process.
    fn id(&mut self, process: Option<ProcessId>) -> HostResult<u32>;
}

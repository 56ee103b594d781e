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
    /// To whoever reads it piece by piece ([`Process::read_stream`]). What nobody reads holds the program up.
    Stream,
}

/// What a started program reads from standard input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// What the machine would.
    Inherit,
    /// This text.
    Text(Vec<u8>),
    /// What it is given piece by piece ([`Process::write_input`]).
    Stream,
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
    /// Standard input.
    pub input: Input,
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
    /// Takes at most `most` bytes of a stream ([`Redirect::Stream`]) of a program, standard error's or output's,
    /// and waits at most so many seconds for the first of them. `None`: none have come; no bytes: there are
    /// no more.
    fn read_stream(
        &mut self,
        process: ProcessId,
        error: bool,
        most: usize,
        seconds: f64,
    ) -> HostResult<Option<Vec<u8>>>;
    /// Gives a program bytes to read ([`Input::Stream`]), as many as fit, and waits at most so many seconds
    /// until some do. `None`: none did.
    fn write_input(
        &mut self,
        process: ProcessId,
        bytes: &[u8],
        seconds: f64,
    ) -> HostResult<Option<usize>>;
    /// Ends what a program is given to read; once it is ended, this does nothing.
    fn close_input(&mut self, process: ProcessId) -> HostResult<()>;
    /// Sends a signal to a program that was started here and not waited for.
    fn signal(&mut self, process: ProcessId, signal: i32) -> HostResult<()>;
    /// The operating system's number of a program that was started here, or of this process.
    fn id(&mut self, process: Option<ProcessId>) -> HostResult<u32>;
}

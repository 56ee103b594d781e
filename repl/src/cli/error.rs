//! How a verb ends: its exit code, or the error that stopped it.

use luka::host::HostError;
use std::fmt;

/// What the process tells its parent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exit(pub i32);

impl Exit {
    /// The program ran, the check found no errors.
    pub const SUCCESS: Exit = Exit(0);
    /// The program failed, a source has errors, a file could not be read or written.
    pub const FAILURE: Exit = Exit(1);
    /// The command line is wrong.
    pub const USAGE: Exit = Exit(2);
    /// A limit has stopped the program, and it is saved.
    pub const SAVED: Exit = Exit(90);
    /// The program is out of fuel, and lost.
    pub const OUT_OF_FUEL: Exit = Exit(91);
    /// The program has failed for want of memory, of which it has so much and no more.
    pub const OUT_OF_MEMORY: Exit = Exit(92);
    /// The program is out of time, and lost.
    pub const OUT_OF_TIME: Exit = Exit(93);
}

/// What a verb returns.
pub type Outcome = Result<Exit, CliError>;

/// Why a verb stopped. [`super::main`] prints it and exits with its code.
#[derive(Debug)]
pub enum CliError {
    /// The command line is wrong. The text says how; where to read more is added to it.
    Usage(String),
    /// Something could not be done. The text says what and why.
    Failed(String),
    /// Standard output could not be written.
    Output(HostError),
}

impl CliError {
    /// The exit code that goes with it.
    pub fn exit(&self) -> Exit {
        match self {
            CliError::Usage(_) => Exit::USAGE,
            CliError::Failed(_) | CliError::Output(_) => Exit::FAILURE,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CliError::Usage(message) | CliError::Failed(message) => f.write_str(message),
            CliError::Output(why) => write!(f, "cannot write standard output: {}", why.message),
        }
    }
}

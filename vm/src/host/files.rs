//! What of a host's state goes with a program that is saved: its open files and its clock.

use super::{Buffering, FileId};

/// What an open file is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileSource {
    /// Standard input, output or error, by its number.
    Standard,
    /// A file, by the path it was opened with.
    Path(Vec<u8>),
    /// A file without a name: its contents.
    Contents(Vec<u8>),
}

/// An open file, as it is saved. Its output has been written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileState {
    /// The number by which the program has it.
    pub id: FileId,
    /// What it is.
    pub source: FileSource,
    /// The mode it was opened with: `[rwa]%+?b*`.
    pub mode: Vec<u8>,
    /// Where the program reads or writes next, in bytes from the beginning.
    pub position: u64,
    /// Input that was read ahead and cannot be read again: that of standard input.
    pub input: Vec<u8>,
    /// How it buffers output; `None`: as it does when it is opened.
    pub buffering: Option<Buffering>,
}

/// What of a host's state goes with a program that is saved.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HostState {
    /// Its open files.
    pub files: Vec<FileState>,
    /// What [`Host::clock`](super::Host::clock) says, in seconds; it goes on from there.
    pub clock: f64,
}

//! What the VM asks of the world outside: the compiler (`Loader`) and the operating system
//! (`Host`). The VM crate itself never touches either.

use luka_bytecode::{Module, Verified};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

pub mod calendar;
mod code;
mod files;
mod fs;
mod net;
mod process;

pub use code::CodeMemory;
pub use files::{FileSource, FileState, HostState};
pub use fs::{FileKind, Fs, Lock, Metadata};
pub use net::{
    NO_TLS, Net, Ready, SocketId, SocketKind, SocketOption, TlsSession, TlsSettings, TlsVerify,
    TlsVersion,
};
pub use process::{Command, Finished, Input, Process, ProcessId, Redirect};

/// Why a chunk could not be loaded.
#[derive(Clone, Debug)]
pub enum LoadError {
    /// What `load` returns beside nil: PUC Lua's text, with chunk name and line.
    Refused(Vec<u8>),
    /// It would have taken more memory than it may.
    Memory,
    /// It was given up, because the interrupt flag was set.
    Interrupted,
}

/// What compiling a chunk may take.
#[derive(Clone, Copy, Debug)]
pub struct LoadLimits<'a> {
    /// Most bytes of memory, while it lasts.
    pub memory: usize,
    /// Compiling is given up when this is set.
    pub interrupt: Option<&'a AtomicBool>,
}

/// Compiles source text for `load`, `loadfile` and `require`.
pub trait Loader {
    /// `source` is text (never an image: the VM decodes those itself). `chunk_name` in PUC's form.
    fn load(
        &mut self,
        source: &[u8],
        chunk_name: &[u8],
        limits: LoadLimits<'_>,
    ) -> Result<Verified<Module>, LoadError>;
    /// Whether modules keep their source text for messages.
    fn keep_source(&self, _source: &[u8]) -> Option<Rc<[u8]>> {
        None
    }
}

/// A failed host operation: the C library's message and error number, as `io` functions return.
#[derive(Clone, Debug)]
pub struct HostError {
    /// The C library's message, preceded by the file name where it has one.
    pub message: String,
    /// The C library's error number (`errno`).
    pub code: i64,
}

impl HostError {
    /// `EPERM` (1): the host does not offer this.
    pub fn not_permitted() -> HostError {
        HostError { message: "Operation not permitted".to_string(), code: 1 }
    }
}

/// What a host operation returns.
pub type HostResult<T> = Result<T, HostError>;

/// An open file, pipe or standard stream of the host. 0, 1, 2 are stdin, stdout, stderr.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileId(pub u64);

/// How a file is positioned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whence {
    /// From the beginning.
    Set,
    /// From the current position.
    Current,
    /// From the end.
    End,
}

/// How a file buffers output (`setvbuf`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Buffering {
    /// Every write goes out at once.
    None,
    /// Output goes out when this many bytes have been collected.
    Full(usize),
    /// Output goes out at ends of lines, or when this many bytes have been collected.
    Line(usize),
}

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitStatus {
    /// It exited with this status.
    Exit(i32),
    /// A signal with this number ended it.
    Signal(i32),
}

/// Broken-down time (`struct tm`); `month` 1–12, `wday`/`yday` 1-based as Lua's tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DateTime {
    /// The year, all digits.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// Day of the month, from 1.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub min: i64,
    /// 0 to 60.
    pub sec: i64,
    /// Day of the week, 1 is Sunday.
    pub wday: i64,
    /// Day of the year, from 1.
    pub yday: i64,
    /// Daylight saving time is in force; `None` when unknown.
    pub isdst: Option<bool>,
}

/// A time zone as `strftime`'s `%Z` and `%z` show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zone {
    /// Abbreviation: `GMT`, `CET`.
    pub name: String,
    /// Seconds east of UTC.
    pub offset: i64,
}

/// The operating system as programs may see it.
///
/// Every method has a default, which gives nothing: writes are discarded, reads are at the end of
/// the file, whatever names a file, a process or the environment is refused with `EPERM` or
/// absent, the clock stands still at 0, dates are in UTC. A host overrides what it offers.
///
/// Streams behave as C's `FILE`s: buffered, with one position shared by reads and writes (a switch
/// between the two needs no `seek`). Reading a stream that was opened for writing fails with
/// `EBADF` (9, "Bad file descriptor"), and the other way round. Messages are `strerror`'s, without
/// the path. Opening a directory for reading works and reading it fails (`EISDIR`), as in C.
pub trait Host {
    /// Writes all bytes (buffered as the stream is). 1 is standard output, 2 standard error.
    fn write(&mut self, _file: FileId, _bytes: &[u8]) -> HostResult<()> {
        Ok(())
    }
    /// Reads up to `buf.len()` bytes; 0 means end of file.
    fn read(&mut self, _file: FileId, _buf: &mut [u8]) -> HostResult<usize> {
        Ok(0)
    }
    /// Looks at buffered input without taking it, reading only if nothing is buffered; empty at
    /// end of file. A later call tries again (a terminal or growing file may have more).
    fn peek(&mut self, _file: FileId) -> HostResult<&[u8]> {
        Ok(&[])
    }
    /// Takes `n` bytes that `peek` showed.
    fn consume(&mut self, _file: FileId, _n: usize) {}
    /// Writes what is buffered of one stream.
    fn flush(&mut self, _file: FileId) -> HostResult<()> {
        Ok(())
    }
    /// Flushes every open output (`popen` and `execute` do so themselves before they start).
    fn flush_all(&mut self) -> HostResult<()> {
        Ok(())
    }
    /// Moves the position of a file, in bytes; returns the new one from the start.
    fn seek(&mut self, _file: FileId, _whence: Whence, _offset: i64) -> HostResult<u64> {
        Err(HostError { message: "Illegal seek".to_string(), code: 29 })
    }
    /// How a stream buffers its output from now on.
    fn set_buffering(&mut self, _file: FileId, _mode: Buffering) -> HostResult<()> {
        Ok(())
    }
    /// `mode` is a C `fopen` mode, already checked: `[rwa]%+?b*`.
    fn open(&mut self, _path: &[u8], _mode: &[u8]) -> HostResult<FileId> {
        Err(HostError::not_permitted())
    }
    /// Starts a shell command whose output (`mode` is `r`) is read or input (`w`) is written.
    fn popen(&mut self, _command: &[u8], _mode: &[u8]) -> HostResult<FileId> {
        Err(HostError::not_permitted())
    }
    /// A new file without a name, gone when it is closed.
    fn tmpfile(&mut self) -> HostResult<FileId> {
        Err(HostError::not_permitted())
    }
    /// Closes; for a pipe waits and returns how the process ended. The id is free afterwards even
    /// if the last flush failed.
    fn close(&mut self, _file: FileId) -> HostResult<Option<ExitStatus>> {
        Ok(None)
    }

    /// The whole contents of a file.
    fn read_file(&mut self, _path: &[u8]) -> HostResult<Vec<u8>> {
        Err(HostError::not_permitted())
    }
    /// Deletes a file or an empty directory.
    fn remove(&mut self, _path: &[u8]) -> HostResult<()> {
        Err(HostError::not_permitted())
    }
    /// Renames a file.
    fn rename(&mut self, _from: &[u8], _to: &[u8]) -> HostResult<()> {
        Err(HostError::not_permitted())
    }
    /// The path of a new empty file.
    fn tmpname(&mut self) -> HostResult<Vec<u8>> {
        Err(HostError::not_permitted())
    }
    /// A variable of the environment.
    fn getenv(&mut self, _name: &[u8]) -> Option<Vec<u8>> {
        None
    }
    /// All variables of the environment, in the order of their names.
    fn variables(&mut self) -> HostResult<Vec<(Vec<u8>, Vec<u8>)>> {
        Err(HostError::not_permitted())
    }
    /// Sets or, with `None`, removes a variable of the environment, for this machine and the
    /// programs that it starts.
    fn set_env(&mut self, _name: &[u8], _value: Option<&[u8]>) -> HostResult<()> {
        Err(HostError::not_permitted())
    }
    /// Runs a shell command and waits for it. Without a command asks whether there is a shell:
    /// `Some(Exit(0))` if so, else `None`.
    fn execute(&mut self, command: Option<&[u8]>) -> HostResult<Option<ExitStatus>> {
        if command.is_some() { Err(HostError::not_permitted()) } else { Ok(None) }
    }
    /// `category` is `all`, `collate`, `ctype`, `monetary`, `numeric` or `time`. Without a locale
    /// asks for the current one. The library works in the C locale whatever this returns.
    fn setlocale(&mut self, locale: Option<&[u8]>, _category: &[u8]) -> Option<Vec<u8>> {
        matches!(locale, None | Some(b"" | b"C" | b"POSIX")).then(|| b"C".to_vec())
    }

    /// Processor time in seconds.
    fn clock(&mut self) -> f64 {
        0.0
    }
    /// Seconds since 1970-01-01 UTC.
    fn time(&mut self) -> i64 {
        0
    }
    /// The same with nanoseconds.
    fn time_exact(&mut self) -> (i64, u32) {
        (self.time(), 0)
    }
    /// Seconds since some moment, by a clock that is never set.
    fn monotonic(&mut self) -> f64 {
        0.0
    }
    /// Waits so many seconds. The library asks for a part of a second at a time.
    fn sleep(&mut self, _seconds: f64) -> HostResult<()> {
        Err(HostError::not_permitted())
    }
    /// Broken-down local (or UTC) time; `None` if out of range.
    fn local_time(&mut self, time: i64, _utc: bool) -> Option<DateTime> {
        calendar::date_of(time)
    }
    /// The inverse for local time (`mktime`), fields may be out of range; also returns the
    /// normalised fields.
    fn make_time(&mut self, t: DateTime) -> Option<(i64, DateTime)> {
        calendar::time_of(t)
    }
    /// The zone in force at `time`, for `%Z` and `%z`.
    fn zone(&mut self, _time: i64, _utc: bool) -> Zone {
        Zone { name: "GMT".to_string(), offset: 0 }
    }
    /// What goes with the program when it is saved. Output is written out first.
    ///
    /// # Errors
    /// Names each open file that cannot be saved. A host that opens files overrides this: the files
    /// of one that does not are lost.
    fn export(&mut self) -> Result<HostState, Vec<String>> {
        Ok(HostState { files: Vec::new(), clock: self.clock() })
    }
    /// Opens a file of another host again, under the same number. What a file refused is closed: the
    /// program's operations on it fail with `EBADF`, or with what the host has to say.
    fn import_file(&mut self, _file: &FileState) -> HostResult<()> {
        Err(HostError::not_permitted())
    }
    /// Operations on this file, which was not opened again, fail with this message.
    fn refuse_file(&mut self, _file: FileId, _message: &str) {}
    /// The clock goes on from here, in seconds.
    fn import_clock(&mut self, _clock: f64) {}

    /// Whether a stream is a terminal.
    fn is_terminal(&mut self, _file: FileId) -> bool {
        false
    }
    /// Columns and rows of the terminal that a stream is.
    fn terminal_size(&mut self, _file: FileId) -> Option<(u16, u16)> {
        None
    }
    /// Files by their names: folders, metadata, links. `None`: nothing of that is offered.
    fn fs(&mut self) -> Option<&mut dyn Fs> {
        None
    }
    /// Other programs, without a shell. `None`: they are not offered.
    fn process(&mut self) -> Option<&mut dyn Process> {
        None
    }
    /// The network. `None`: it is not offered.
    fn net(&mut self) -> Option<&mut dyn Net> {
        None
    }
    /// So many bytes of memory for machine code; `None`: this host gives none, and the machine
    /// interprets.
    fn code_memory(&mut self, _bytes: usize) -> Option<Box<dyn CodeMemory>> {
        None
    }

    /// Entropy for `math.randomseed()` and the generator's start.
    fn random_seed(&mut self) -> (u64, u64) {
        (0, 0)
    }
}

/// A host that offers nothing: every default of [`Host`].
#[derive(Clone, Copy, Default, Debug)]
pub struct NullHost;

impl Host for NullHost {}

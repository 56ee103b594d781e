//! The real operating system, as much of it as is given.
//!
//! Streams live in `stream`, processes in `process`, calendar time in `calendar`, which files may be
//! used in `access`; this file is the table of open streams and the functions that need no file of
//! their own.

mod access;
mod calendar;
mod children;
mod errors;
mod files;
mod folders;
mod peers;
mod process;
mod sockets;
mod state;
mod stream;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;

use luka_vm::host::{
    Buffering, CodeMemory, DateTime, ExitStatus, FileId, FileState, Fs, Host, HostError,
    HostResult, HostState, Net, Process, Whence, Zone,
};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use access::Access;
use errors::{BAD_DESCRIPTOR, host_error, plain};
use std::os::fd::BorrowedFd;
use std::path::Path;
use stream::Stream;
pub use stream::{Lost, at_line_start};

const STDIN: FileId = FileId(0);
const STDOUT: FileId = FileId(1);

/// What the program around the machine does about Ctrl-C and broken pipes.
#[derive(Clone, Copy)]
pub struct Console {
    /// Whether Ctrl-C was pressed and nobody has noticed.
    pub is_interrupted: fn() -> bool,
    /// Waits until there is input on a terminal; an error of the kind `Interrupted` if Ctrl-C
    /// comes first.
    pub wait_for_input: fn(BorrowedFd<'_>) -> std::io::Result<()>,
    /// Output goes to a pipe that nobody reads any more. C programs are killed by `SIGPIPE` then;
    /// if this returns, the program sees the failed write.
    pub broken_pipe: fn(),
}

impl Default for Console {
    fn default() -> Console {
        Console { is_interrupted: || false, wait_for_input: |_| Ok(()), broken_pipe: || {} }
    }
}

/// The real operating system, for one machine. Every capability is off unless it is given; what is
/// off behaves as in [`Null`](super::Null).
///
/// Files below a folder are decided by where a path leads, links followed, when it is opened. Somebody
/// else who can change links in that folder meanwhile could lead a program elsewhere: give folders
/// that only the host and its programs write to.
#[derive(Default)]
pub struct System {
    has_stdio: bool,
    has_processes: bool,
    has_environment: bool,
    has_clock: bool,
    has_entropy: bool,
    read: Access,
    write: Access,
    console: Console,
    /// Open streams by id; the three standard ones are made at their first use.
    streams: Vec<Option<Stream>>,
    /// Which of the standard streams have been made (a closed one stays closed).
    made: [bool; 3],
    lost: Lost,
    calendar: calendar::Calendar,
    /// Why streams are not open that another host had open; their numbers are not used again.
    refused: BTreeMap<u64, String>,
    /// Variables of the environment that the program has set or removed.
    variables: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    children: children::Children,
    peers: peers::Peers,
    sockets: sockets::Sockets,
    /// What is added to the processor time: that of processes in which the program ran before.
    clock_offset: f64,
    /// Is told which files are opened, and whether for writing.
    opened: Option<NoteOpened>,
}

/// Is told of a file, and whether it is written.
type NoteOpened = Box<dyn FnMut(&[u8], bool) + Send>;

impl System {
    /// A host without any capability.
    pub fn new() -> System {
        let mut system = System::default();
        system.streams = vec![None, None, None];
        system
    }

    /// A host with every capability, as the program `luka` has it.
    pub fn all() -> System {
        let mut system = System::new();
        (system.read, system.write) = (Access::All, Access::All);
        system.peers = peers::Peers::All;
        system.stdio().processes().environment().clocks().entropy()
    }

    /// Gives standard input, output and error.
    pub fn stdio(mut self) -> System {
        self.has_stdio = true;
        self
    }

    /// Gives shell commands (`os.execute`, `io.popen`), and with them everything the user can do.
    pub fn processes(mut self) -> System {
        self.has_processes = true;
        self
    }

    /// Gives the variables of the environment.
    pub fn environment(mut self) -> System {
        self.has_environment = true;
        self
    }

    /// Gives the time, the processor time and the time zone.
    pub fn clocks(mut self) -> System {
        self.has_clock = true;
        self
    }

    /// Gives random seeds.
    pub fn entropy(mut self) -> System {
        self.has_entropy = true;
        self
    }

    /// Gives reading of the files in a folder, which exists, and in its folders.
    pub fn read_folder(mut self, folder: impl AsRef<Path>) -> System {
        self.read.add(folder.as_ref());
        self
    }

    /// Gives creating, writing, renaming and removing of the files in a folder, which exists, and in
    /// its folders. Reading them is given by [`System::read_folder`].
    pub fn write_folder(mut self, folder: impl AsRef<Path>) -> System {
        self.write.add(folder.as_ref());
        self
    }

    /// Gives the whole network: connections to every host, and from every host.
    pub fn network(mut self) -> System {
        self.peers = peers::Peers::All;
        self
    }

    /// Gives connections to a host and port, and its addresses to listen at. `peer` is `HOST` or
    /// `HOST:PORT`, the host a name or an address, which must be what the program writes: a name gives the
    /// addresses that are found for it when the program looks it up. An address of version 6 is written
    /// in brackets if a port follows.
    ///
    /// What is nothing of that kind ([`System::is_network_peer`]) gives nothing.
    pub fn network_peer(mut self, peer: &str) -> System {
        if let Some(peer) = peers::Peer::of(peer) {
            self.peers.add(peer);
        }
        self
    }

    /// Whether [`System::network_peer`] takes a text.
    pub fn is_network_peer(text: &str) -> bool {
        peers::Peer::of(text).is_some()
    }

    /// Says what to do about Ctrl-C and broken pipes.
    pub fn console(mut self, console: Console) -> System {
        self.console = console;
        self
    }

    /// Where the first failed write to standard output is noted.
    pub fn lost_output(&self) -> Lost {
        self.lost.clone()
    }

    /// Notes the first failed write to standard output where another host does.
    pub fn lose_output_to(mut self, lost: &Lost) -> System {
        self.lost = lost.clone();
        self
    }

    /// Tells of every file that is opened by its name, modules included, or that another is renamed to; and whether it
    /// may be written.
    pub fn note_opened(mut self, note: impl FnMut(&[u8], bool) + Send + 'static) -> System {
        self.opened = Some(Box::new(note));
        self
    }

    fn note(&mut self, path: &[u8], is_written: bool) {
        if let Some(note) = &mut self.opened {
            note(path, is_written);
        }
    }

    /// # Errors
    /// `EPERM` if the files are not given.
    fn check(&self, path: &[u8], reads: bool, writes: bool) -> HostResult<()> {
        let path = files::path(path);
        if (!reads || self.read.allows(path)) && (!writes || self.write.allows(path)) {
            return Ok(());
        }
        Err(HostError::not_permitted())
    }

    fn check_name(&self, path: &[u8]) -> HostResult<()> {
        match self.write.allows_name(files::path(path)) {
            true => Ok(()),
            false => Err(HostError::not_permitted()),
        }
    }

    fn stream(&mut self, file: FileId) -> HostResult<&mut Stream> {
        let index = usize::try_from(file.0).unwrap_or(usize::MAX);
        if index < 3 && !self.has_stdio {
            return Err(HostError::not_permitted());
        }
        if let Some(made) = self.made.get_mut(index)
            && !*made
        {
            *made = true;
            let stream = Stream::standard(index, &self.lost);
            if let (STDOUT, Err(error)) = (file, &stream) {
                // It was closed before the program started.
                let _ = self.lost.set(error.clone());
            }
            let mut stream = stream?;
            stream.console = self.console;
            self.streams[index] = Some(stream);
        }
        match self.streams.get_mut(index) {
            Some(Some(stream)) => Ok(stream),
            _ => match self.refused.get(&file.0) {
                Some(message) => Err(plain(BAD_DESCRIPTOR, message)),
                None => Err(plain(BAD_DESCRIPTOR, "Bad file descriptor")),
            },
        }
    }

    fn add(&mut self, mut stream: Stream) -> FileId {
        stream.console = self.console;
        let is_free =
            |&i: &usize| self.streams[i].is_none() && !self.refused.contains_key(&(i as u64));
        match (3..self.streams.len()).find(is_free) {
            Some(i) => {
                self.streams[i] = Some(stream);
                FileId(i as u64)
            }
            None => {
                self.streams.push(Some(stream));
                FileId(self.streams.len() as u64 - 1)
            }
        }
    }

    /// Flushes standard output before a read from a terminal, so that prompts are visible.
    fn before_read(&mut self, file: FileId) {
        if file != STDIN || !self.made[1] {
            return;
        }
        let interactive = matches!(self.stream(STDIN), Ok(s) if s.is_terminal());
        if interactive && let Ok(out) = self.stream(STDOUT) {
            let _ = out.flush();
        }
    }
}

impl Host for System {
    fn write(&mut self, file: FileId, bytes: &[u8]) -> HostResult<()> {
        self.stream(file)?.write(bytes)
    }

    fn read(&mut self, file: FileId, buf: &mut [u8]) -> HostResult<usize> {
        self.before_read(file);
        self.stream(file)?.read(buf)
    }

    fn peek(&mut self, file: FileId) -> HostResult<&[u8]> {
        self.before_read(file);
        self.stream(file)?.peek()
    }

    fn consume(&mut self, file: FileId, n: usize) {
        if let Ok(stream) = self.stream(file) {
            stream.consume(n);
        }
    }

    fn flush(&mut self, file: FileId) -> HostResult<()> {
        self.stream(file)?.flush()
    }

    fn flush_all(&mut self) -> HostResult<()> {
        let mut first = Ok(());
        for stream in self.streams.iter_mut().flatten() {
            let result = stream.flush();
            if first.is_ok() {
                first = result;
            }
        }
        first
    }

    fn seek(&mut self, file: FileId, whence: Whence, offset: i64) -> HostResult<u64> {
        self.stream(file)?.seek(whence, offset)
    }

    fn set_buffering(&mut self, file: FileId, mode: Buffering) -> HostResult<()> {
        self.stream(file)?.set_buffering(mode)
    }

    fn open(&mut self, path: &[u8], mode: &[u8]) -> HostResult<FileId> {
        let update = mode.contains(&b'+');
        let reads = mode.first() == Some(&b'r');
        self.check(path, reads || update, !reads || update)?;
        let stream = files::open(path, mode)?;
        self.note(path, !reads || update);
        Ok(self.add(stream))
    }

    fn popen(&mut self, command: &[u8], mode: &[u8]) -> HostResult<FileId> {
        if !self.has_processes {
            return Err(HostError::not_permitted());
        }
        self.flush_all()?;
        let stream = process::popen(command, mode, &self.variables)?;
        Ok(self.add(stream))
    }

    fn tmpfile(&mut self) -> HostResult<FileId> {
        if !self.write.allows(&std::env::temp_dir().join("lua")) {
            return Err(HostError::not_permitted());
        }
        let stream = files::tmpfile()?;
        Ok(self.add(stream))
    }

    fn close(&mut self, file: FileId) -> HostResult<Option<ExitStatus>> {
        self.stream(file)?;
        match self.streams.get_mut(file.0 as usize).and_then(Option::take) {
            Some(stream) => stream.close(),
            None => Err(plain(BAD_DESCRIPTOR, "Bad file descriptor")),
        }
    }

    fn export(&mut self) -> Result<HostState, Vec<String>> {
        self.state()
    }

    fn import_file(&mut self, file: &FileState) -> HostResult<()> {
        self.reopen(file)
    }

    fn refuse_file(&mut self, file: FileId, message: &str) {
        if file.0 < 3 || self.refused.len() >= 1 << 16 {
            return;
        }
        while self.streams.len() as u64 <= file.0.min(1 << 16) {
            self.streams.push(None);
        }
        self.refused.insert(file.0, message.to_string());
    }

    fn import_clock(&mut self, clock: f64) {
        if self.has_clock && clock.is_finite() {
            self.clock_offset = clock - process::cpu_time();
        }
    }

    fn read_file(&mut self, path: &[u8]) -> HostResult<Vec<u8>> {
        self.check(path, true, false)?;
        let bytes = std::fs::read(files::path(path)).map_err(host_error)?;
        self.note(path, false);
        Ok(bytes)
    }

    fn remove(&mut self, path: &[u8]) -> HostResult<()> {
        self.check_name(path)?;
        files::remove(path)
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> HostResult<()> {
        self.check_name(from)?;
        self.check_name(to)?;
        std::fs::rename(files::path(from), files::path(to)).map_err(host_error)?;
        self.note(to, true);
        Ok(())
    }

    fn tmpname(&mut self) -> HostResult<Vec<u8>> {
        self.check_name(b"/tmp/lua")?;
        files::tmpname()
    }

    fn getenv(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        if !self.has_environment || !process::is_variable(name) {
            return None;
        }
        if let Some(set) = self.variables.get(name) {
            return set.clone();
        }
        std::env::var_os(OsStr::from_bytes(name)).map(OsStringExt::into_vec)
    }

    fn variables(&mut self) -> HostResult<Vec<(Vec<u8>, Vec<u8>)>> {
        if !self.has_environment {
            return Err(HostError::not_permitted());
        }
        let own = std::env::vars_os().map(|(name, value)| (name.into_vec(), value.into_vec()));
        let mut all: BTreeMap<Vec<u8>, Vec<u8>> = own.collect();
        for (name, value) in &self.variables {
            match value {
                Some(value) => all.insert(name.clone(), value.clone()),
                None => all.remove(name),
            };
        }
        Ok(all.into_iter().collect())
    }

    fn set_env(&mut self, name: &[u8], value: Option<&[u8]>) -> HostResult<()> {
        if !self.has_environment {
            return Err(HostError::not_permitted());
        }
        if !process::is_variable(name) || value.is_some_and(|value| value.contains(&0)) {
            return Err(plain(errors::INVALID, "Invalid argument"));
        }
        self.variables.insert(name.to_vec(), value.map(<[u8]>::to_vec));
        Ok(())
    }

    fn execute(&mut self, command: Option<&[u8]>) -> HostResult<Option<ExitStatus>> {
        if self.has_processes {
            return process::execute(command, self.console.is_interrupted, &self.variables);
        }
        if command.is_some() { Err(HostError::not_permitted()) } else { Ok(None) }
    }

    fn clock(&mut self) -> f64 {
        if self.has_clock { process::cpu_time() + self.clock_offset } else { 0.0 }
    }

    fn time(&mut self) -> i64 {
        if !self.has_clock {
            return 0;
        }
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_secs() as i64,
            Err(before) => -(before.duration().as_secs() as i64),
        }
    }

    fn time_exact(&mut self) -> (i64, u32) {
        if !self.has_clock {
            return (0, 0);
        }
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => (after.as_secs() as i64, after.subsec_nanos()),
            Err(_) => (self.time(), 0),
        }
    }

    fn monotonic(&mut self) -> f64 {
        if self.has_clock { process::monotonic_time() } else { 0.0 }
    }

    fn sleep(&mut self, seconds: f64) -> HostResult<()> {
        if !self.has_clock {
            return Err(HostError::not_permitted());
        }
        let time = Duration::try_from_secs_f64(seconds);
        std::thread::sleep(time.map_err(|_| plain(errors::INVALID, "Invalid argument"))?);
        Ok(())
    }

    fn is_terminal(&mut self, file: FileId) -> bool {
        self.stream(file).is_ok_and(|stream| stream.is_terminal())
    }

    fn terminal_size(&mut self, file: FileId) -> Option<(u16, u16)> {
        self.stream(file).ok()?.terminal_size()
    }

    fn fs(&mut self) -> Option<&mut dyn Fs> {
        let has_files = self.read.has_any() || self.write.has_any();
        if has_files { Some(self) } else { None }
    }

    fn process(&mut self) -> Option<&mut dyn Process> {
        if self.has_processes { Some(self) } else { None }
    }

    fn net(&mut self) -> Option<&mut dyn Net> {
        if self.peers.has_any() { Some(self) } else { None }
    }

    fn local_time(&mut self, time: i64, utc: bool) -> Option<DateTime> {
        self.calendar.local_time(time, utc || !self.has_clock)
    }

    fn make_time(&mut self, t: DateTime) -> Option<(i64, DateTime)> {
        if self.has_clock { self.calendar.make_time(t) } else { super::calendar::time_of(t) }
    }

    fn zone(&mut self, time: i64, utc: bool) -> Zone {
        self.calendar.zone(time, utc || !self.has_clock)
    }

    fn code_memory(&mut self, bytes: usize) -> Option<Box<dyn CodeMemory>> {
        super::code_pages(bytes)
    }

    fn random_seed(&mut self) -> (u64, u64) {
        if !self.has_entropy {
            return (0, 0);
        }
        let keys = || RandomState::new().build_hasher().finish();
        (keys(), keys())
    }
}

/// Flushes what was written when the program ends without closing its files.
impl Drop for System {
    fn drop(&mut self) {
        let _ = self.flush_all();
    }
}

/// A failed operation in the words of the C library.
///
/// The text is `strerror`'s, the code `errno`.
pub fn describe(error: std::io::Error) -> HostError {
    host_error(error)
}

//! The operating system as programs see it: the one implementation of [`Host`] that is not a test.
//!
//! Streams live in [`stream`], processes in [`process`], calendar time in [`calendar`]; this file
//! is the table of open streams and the functions that need no file of their own.

mod calendar;
mod errors;
mod files;
mod process;
mod stream;

use luka_vm::host::{
    Buffering, DateTime, ExitStatus, FileId, Host, HostError, HostResult, Whence, Zone,
};
use std::ffi::OsStr;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::time::{SystemTime, UNIX_EPOCH};

use errors::{BAD_DESCRIPTOR, host_error, plain};
use stream::Stream;
pub use stream::{Lost, at_line_start};

const STDIN: FileId = FileId(0);
const STDOUT: FileId = FileId(1);

/// The real operating system, for one machine.
pub struct OsHost {
    /// Open streams by id; the three standard ones are made at their first use.
    streams: Vec<Option<Stream>>,
    /// Which of the standard streams have been made (a closed one stays closed).
    made: [bool; 3],
    lost: Lost,
    calendar: calendar::Calendar,
}

impl OsHost {
    /// The host of one machine, with no streams open but the standard ones.
    pub fn new() -> OsHost {
        OsHost {
            streams: vec![None, None, None],
            made: [false; 3],
            lost: Lost::default(),
            calendar: calendar::Calendar::default(),
        }
    }

    /// Where the first failed write to standard output is noted.
    pub(crate) fn lost(&self) -> Lost {
        self.lost.clone()
    }

    fn stream(&mut self, file: FileId) -> HostResult<&mut Stream> {
        let index = file.0 as usize;
        if let Some(made) = self.made.get_mut(index)
            && !*made
        {
            *made = true;
            let stream = Stream::standard(index, &self.lost);
            if let (STDOUT, Err(error)) = (file, &stream) {
                // It was closed before the program started.
                let _ = self.lost.set(error.clone());
            }
            self.streams[index] = Some(stream?);
        }
        match self.streams.get_mut(index) {
            Some(Some(stream)) => Ok(stream),
            _ => Err(plain(BAD_DESCRIPTOR, "Bad file descriptor")),
        }
    }

    fn add(&mut self, stream: Stream) -> FileId {
        let free = self.streams.iter().skip(3).position(Option::is_none);
        match free {
            Some(i) => {
                self.streams[i + 3] = Some(stream);
                FileId(i as u64 + 3)
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

impl Default for OsHost {
    fn default() -> OsHost {
        OsHost::new()
    }
}

impl Host for OsHost {
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
        let stream = files::open(path, mode)?;
        Ok(self.add(stream))
    }

    fn popen(&mut self, command: &[u8], mode: &[u8]) -> HostResult<FileId> {
        self.flush_all()?;
        let stream = process::popen(command, mode)?;
        Ok(self.add(stream))
    }

    fn tmpfile(&mut self) -> HostResult<FileId> {
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

    fn read_file(&mut self, path: &[u8]) -> HostResult<Vec<u8>> {
        std::fs::read(files::path(path)).map_err(host_error)
    }

    fn remove(&mut self, path: &[u8]) -> HostResult<()> {
        files::remove(path)
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> HostResult<()> {
        std::fs::rename(files::path(from), files::path(to)).map_err(host_error)
    }

    fn tmpname(&mut self) -> HostResult<Vec<u8>> {
        files::tmpname()
    }

    fn getenv(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        if name.is_empty() || name.contains(&b'=') || name.contains(&0) {
            return None;
        }
        std::env::var_os(OsStr::from_bytes(name)).map(OsStringExt::into_vec)
    }

    fn execute(&mut self, command: Option<&[u8]>) -> HostResult<Option<ExitStatus>> {
        process::execute(command)
    }

    fn setlocale(&mut self, locale: Option<&[u8]>, _category: &[u8]) -> Option<Vec<u8>> {
        match locale {
            None | Some(b"" | b"C" | b"POSIX") => Some(b"C".to_vec()),
            Some(_) => None,
        }
    }

    fn clock(&mut self) -> f64 {
        process::cpu_time()
    }

    fn time(&mut self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_secs() as i64,
            Err(before) => -(before.duration().as_secs() as i64),
        }
    }

    fn local_time(&mut self, time: i64, utc: bool) -> Option<DateTime> {
        self.calendar.local_time(time, utc)
    }

    fn make_time(&mut self, t: DateTime) -> Option<(i64, DateTime)> {
        self.calendar.make_time(t)
    }

    fn zone(&mut self, time: i64, utc: bool) -> Zone {
        self.calendar.zone(time, utc)
    }

    fn random_seed(&mut self) -> (u64, u64) {
        let keys = || RandomState::new().build_hasher().finish();
        (keys(), keys())
    }
}

/// Flushes what was written when the program ends without closing its files.
impl Drop for OsHost {
    fn drop(&mut self) {
        let _ = self.flush_all();
    }
}

/// A failed operation in the words of the C library.
pub fn describe(error: std::io::Error) -> HostError {
    host_error(error)
}

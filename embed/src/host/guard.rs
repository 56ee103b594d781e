//! What stands between a machine and its host: standard output goes to a writer if there is one, and a
//! panic of the host's becomes a failed operation, because none may pass the interpreter.

use super::{
    Buffering, CodeMemory, Command, DateTime, ExitStatus, FileId, FileState, Finished, Fs, Host,
    HostError, HostResult, HostState, Lock, Metadata, Net, Process, ProcessId, Ready, SocketId,
    SocketKind, SocketOption, TlsSession, TlsSettings, Whence, Zone, code_pages,
};
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is written but not yet flushed, at most.
const BUFFER: usize = 8 * 1024;

/// A writer with a buffer.
pub(crate) struct Output {
    to: Box<dyn Write + Send>,
    buffer: Vec<u8>,
}

impl Output {
    pub(crate) fn new(to: Box<dyn Write + Send>) -> Output {
        Output { to, buffer: Vec::new() }
    }

    fn write(&mut self, bytes: &[u8]) -> HostResult<()> {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush()?;
        }
        if bytes.len() > BUFFER {
            return self.to.write_all(bytes).map_err(host_error);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> HostResult<()> {
        let buffer = std::mem::take(&mut self.buffer);
        self.to.write_all(&buffer).and_then(|()| self.to.flush()).map_err(host_error)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = self.flush();
    }
}

fn host_error(error: std::io::Error) -> HostError {
    HostError {
        message: error.to_string(),
        code: error.raw_os_error().map_or(5, |code| code as i64),
    }
}

/// Standard output.
const OUT: FileId = FileId(1);

/// What an operation gives whose host has panicked.
trait Failed {
    fn failed() -> Self;
}

impl<T> Failed for HostResult<T> {
    fn failed() -> Self {
        Err(HostError { message: "the host has panicked".to_string(), code: 5 })
    }
}

impl Failed for Result<HostState, Vec<String>> {
    fn failed() -> Self {
        Err(vec!["the host has panicked".to_string()])
    }
}

impl<T> Failed for Option<T> {
    fn failed() -> Self {
        None
    }
}

macro_rules! failed_is_default {
    ($($type:ty),*) => { $(
        impl Failed for $type {
            fn failed() -> Self {
                Default::default()
            }
        }
    )* };
}
failed_is_default!((), bool, f64, i64, (u64, u64), (i64, u32));

impl Failed for Zone {
    fn failed() -> Self {
        Zone { name: "GMT".to_string(), offset: 0 }
    }
}

fn caught<R: Failed>(operation: impl FnOnce() -> R) -> R {
    catch_unwind(AssertUnwindSafe(operation)).unwrap_or_else(|_| R::failed())
}

/// The host a machine is given.
pub(crate) struct Guarded {
    inner: Box<dyn Host + Send>,
    output: Option<Output>,
}

impl Guarded {
    pub(crate) fn new(inner: Box<dyn Host + Send>, output: Option<Output>) -> Guarded {
        Guarded { inner, output }
    }

    /// The writer, if the file is standard output and there is one.
    fn output(&mut self, file: FileId) -> Option<&mut Output> {
        self.output.as_mut().filter(|_| file == OUT)
    }
}

/// Methods that are the inner host's.
macro_rules! inner {
    ($(fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => { $(
        fn $name(&mut self, $($arg: $type),*) -> $result {
            caught(|| self.inner.$name($($arg),*))
        }
    )* };
}

impl Host for Guarded {
    fn write(&mut self, file: FileId, bytes: &[u8]) -> HostResult<()> {
        caught(|| match self.output(file) {
            Some(output) => output.write(bytes),
            None => self.inner.write(file, bytes),
        })
    }
    fn flush(&mut self, file: FileId) -> HostResult<()> {
        caught(|| match self.output(file) {
            Some(output) => output.flush(),
            None => self.inner.flush(file),
        })
    }
    fn flush_all(&mut self) -> HostResult<()> {
        caught(|| {
            let flushed = self.output.as_mut().map_or(Ok(()), Output::flush);
            self.inner.flush_all().and(flushed)
        })
    }
    fn export(&mut self) -> Result<HostState, Vec<String>> {
        caught(|| {
            let flushed = self.output.as_mut().map_or(Ok(()), Output::flush);
            let state = self.inner.export()?;
            flushed.map(|()| state).map_err(|e| vec![format!("standard output: {}", e.message)])
        })
    }
    fn peek(&mut self, file: FileId) -> HostResult<&[u8]> {
        caught(|| self.inner.peek(file))
    }
    fn fs(&mut self) -> Option<&mut dyn Fs> {
        if caught(|| self.inner.fs().is_some()) { Some(self) } else { None }
    }
    fn process(&mut self) -> Option<&mut dyn Process> {
        if caught(|| self.inner.process().is_some()) { Some(self) } else { None }
    }
    fn net(&mut self) -> Option<&mut dyn Net> {
        if caught(|| self.inner.net().is_some()) { Some(self) } else { None }
    }
    /// Programs do not see it: it is there whatever the host gives them.
    fn code_memory(&mut self, bytes: usize) -> Option<Box<dyn CodeMemory>> {
        caught(|| self.inner.code_memory(bytes)).or_else(|| code_pages(bytes))
    }
    inner! {
        fn consume(file: FileId, n: usize) -> ();
        fn read(file: FileId, buf: &mut [u8]) -> HostResult<usize>;
        fn seek(file: FileId, whence: Whence, offset: i64) -> HostResult<u64>;
        fn set_buffering(file: FileId, mode: Buffering) -> HostResult<()>;
        fn open(path: &[u8], mode: &[u8]) -> HostResult<FileId>;
        fn popen(command: &[u8], mode: &[u8]) -> HostResult<FileId>;
        fn tmpfile() -> HostResult<FileId>;
        fn close(file: FileId) -> HostResult<Option<ExitStatus>>;
        fn read_file(path: &[u8]) -> HostResult<Vec<u8>>;
        fn remove(path: &[u8]) -> HostResult<()>;
        fn rename(from: &[u8], to: &[u8]) -> HostResult<()>;
        fn tmpname() -> HostResult<Vec<u8>>;
        fn getenv(name: &[u8]) -> Option<Vec<u8>>;
        fn variables() -> HostResult<Vec<(Vec<u8>, Vec<u8>)>>;
        fn set_env(name: &[u8], value: Option<&[u8]>) -> HostResult<()>;
        fn execute(command: Option<&[u8]>) -> HostResult<Option<ExitStatus>>;
        fn setlocale(locale: Option<&[u8]>, category: &[u8]) -> Option<Vec<u8>>;
        fn clock() -> f64;
        fn time() -> i64;
        fn time_exact() -> (i64, u32);
        fn monotonic() -> f64;
        fn sleep(seconds: f64) -> HostResult<()>;
        fn is_terminal(file: FileId) -> bool;
        fn terminal_size(file: FileId) -> Option<(u16, u16)>;
        fn local_time(time: i64, utc: bool) -> Option<DateTime>;
        fn make_time(t: DateTime) -> Option<(i64, DateTime)>;
        fn zone(time: i64, utc: bool) -> Zone;
        fn random_seed() -> (u64, u64);
        fn import_file(file: &FileState) -> HostResult<()>;
        fn refuse_file(file: FileId, message: &str) -> ();
        fn import_clock(clock: f64) -> ();
    }
}

/// Methods of a part of the inner host.
macro_rules! part {
    ($part:ident; $(fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => { $(
        fn $name(&mut self, $($arg: $type),*) -> HostResult<$result> {
            caught(|| match self.inner.$part() {
                Some(part) => part.$name($($arg),*),
                None => Err(HostError::not_permitted()),
            })
        }
    )* };
}

impl Fs for Guarded {
    part! { fs;
        fn metadata(path: &[u8], follow: bool) -> Metadata;
        fn list(path: &[u8]) -> Vec<Vec<u8>>;
        fn create_dir(path: &[u8]) -> ();
        fn remove_dir(path: &[u8]) -> ();
        fn link(target: &[u8], path: &[u8], symbolic: bool) -> ();
        fn read_link(path: &[u8]) -> Vec<u8>;
        fn canonical(path: &[u8]) -> Vec<u8>;
        fn set_times(path: &[u8], accessed: Option<f64>, modified: Option<f64>) -> ();
        fn set_mode(path: &[u8], mode: u32) -> ();
        fn current_dir() -> Vec<u8>;
        fn set_current_dir(path: &[u8]) -> ();
        fn lock(file: FileId, lock: Lock, start: u64, length: u64) -> ();
    }
}

impl Process for Guarded {
    part! { process;
        fn start(command: &Command) -> ProcessId;
        fn wait(process: ProcessId, seconds: f64) -> Option<Finished>;
        fn read_stream(process: ProcessId, error: bool, most: usize, seconds: f64) -> Option<Vec<u8>>;
        fn write_input(process: ProcessId, bytes: &[u8], seconds: f64) -> Option<usize>;
        fn close_input(process: ProcessId) -> ();
        fn signal(process: ProcessId, signal: i32) -> ();
        fn id(process: Option<ProcessId>) -> u32;
    }
}

impl Net for Guarded {
    part! { net;
        fn resolve(name: &[u8]) -> Option<Vec<IpAddr>>;
        fn host_name() -> Vec<u8>;
        fn socket(kind: SocketKind, v6: bool) -> SocketId;
        fn bind(socket: SocketId, to: SocketAddr) -> ();
        fn connect(socket: SocketId, to: SocketAddr) -> bool;
        fn disconnect(socket: SocketId) -> ();
        fn listen(socket: SocketId, backlog: u32) -> ();
        fn accept(socket: SocketId) -> Option<SocketId>;
        fn send(socket: SocketId, bytes: &[u8]) -> Option<usize>;
        fn send_to(socket: SocketId, bytes: &[u8], to: SocketAddr) -> Option<usize>;
        fn receive(socket: SocketId, most: usize, line: bool) -> Option<Vec<u8>>;
        fn receive_from(socket: SocketId, most: usize) -> Option<(Vec<u8>, SocketAddr)>;
        fn shutdown(socket: SocketId, reading: bool, writing: bool) -> ();
        fn local_address(socket: SocketId) -> SocketAddr;
        fn peer_address(socket: SocketId) -> SocketAddr;
        fn set_option(socket: SocketId, option: SocketOption, value: i64) -> ();
        fn option(socket: SocketId, option: SocketOption) -> i64;
        fn close_socket(socket: SocketId) -> ();
        fn ready(read: &[SocketId], write: &[SocketId], seconds: f64) -> Ready;
        fn check_tls(settings: &TlsSettings) -> ();
        fn start_tls(socket: SocketId, settings: &TlsSettings, name: &[u8]) -> ();
        fn handshake(socket: SocketId) -> bool;
        fn tls_session(socket: SocketId) -> Option<TlsSession>;
    }
}

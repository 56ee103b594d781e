//! The host of a program that is recorded: every question goes through the tape.

use crate::tape::Tape;
use luka_vm::host::{
    Buffering, CodeMemory, Command, DateTime, ExitStatus, FileId, FileState, Finished, Fs, Host,
    HostError, HostResult, HostState, Lock, Metadata, Net, Process, ProcessId, Ready, SocketId,
    SocketKind, SocketOption, TlsSession, TlsSettings, Whence, Zone,
};
use std::net::{IpAddr, SocketAddr};

/// A host that keeps what another one answers.
pub struct Recorder {
    tape: Tape,
    has_fs: bool,
    has_process: bool,
    has_net: bool,
    /// What was shown last, for whoever looks at it.
    shown: Vec<u8>,
}

impl Recorder {
    /// The host of a tape.
    pub fn new(tape: Tape) -> Recorder {
        let (has_fs, has_process, has_net) = {
            let mut inner = tape.lock();
            let host = &mut inner.host;
            (host.fs().is_some(), host.process().is_some(), host.net().is_some())
        };
        Recorder { tape, has_fs, has_process, has_net, shown: Vec::new() }
    }

    /// The host of a program that was recorded, which had everything.
    pub fn of_recording(tape: Tape) -> Recorder {
        Recorder { tape, has_fs: true, has_process: true, has_net: true, shown: Vec::new() }
    }
}

/// Methods that the tape answers, each with a number.
macro_rules! answered {
    ($($number:literal fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => { $(
        fn $name(&mut self, $($arg: $type),*) -> $result {
            self.tape.lock().answer($number, |host| host.$name($($arg),*))
        }
    )* };
}

/// The same for a part of a host.
macro_rules! answered_by {
    ($part:ident: $($number:literal fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => { $(
        fn $name(&mut self, $($arg: $type),*) -> $result {
            self.tape.lock().answer($number, |host| match host.$part() {
                Some(part) => part.$name($($arg),*),
                None => Err(HostError::not_permitted()),
            })
        }
    )* };
}

impl Host for Recorder {
    fn read(&mut self, file: FileId, buf: &mut [u8]) -> HostResult<usize> {
        let mut inner = self.tape.lock();
        inner.forget(file);
        let length = buf.len();
        let read = inner.answer(1, |host| {
            let mut bytes = vec![0; length];
            let n = host.read(file, &mut bytes)?;
            bytes.truncate(n);
            Ok(bytes)
        })?;
        let n = read.len().min(buf.len());
        buf[..n].copy_from_slice(&read[..n]);
        Ok(n)
    }
    fn peek(&mut self, file: FileId) -> HostResult<&[u8]> {
        self.shown = self.tape.lock().peek(2, file)?.to_vec();
        Ok(&self.shown)
    }
    fn consume(&mut self, file: FileId, n: usize) {
        self.tape.lock().consume(32, file, n);
    }
    fn seek(&mut self, file: FileId, whence: Whence, offset: i64) -> HostResult<u64> {
        let mut inner = self.tape.lock();
        inner.forget(file);
        inner.answer(3, |host| host.seek(file, whence, offset))
    }
    fn close(&mut self, file: FileId) -> HostResult<Option<ExitStatus>> {
        let mut inner = self.tape.lock();
        inner.forget(file);
        inner.answer(4, |host| host.close(file))
    }
    answered! {
        5 fn write(file: FileId, bytes: &[u8]) -> HostResult<()>;
        6 fn flush(file: FileId) -> HostResult<()>;
        7 fn flush_all() -> HostResult<()>;
        8 fn set_buffering(file: FileId, mode: Buffering) -> HostResult<()>;
        9 fn open(path: &[u8], mode: &[u8]) -> HostResult<FileId>;
        10 fn popen(command: &[u8], mode: &[u8]) -> HostResult<FileId>;
        11 fn tmpfile() -> HostResult<FileId>;
        12 fn read_file(path: &[u8]) -> HostResult<Vec<u8>>;
        13 fn remove(path: &[u8]) -> HostResult<()>;
        14 fn rename(from: &[u8], to: &[u8]) -> HostResult<()>;
        15 fn tmpname() -> HostResult<Vec<u8>>;
        16 fn getenv(name: &[u8]) -> Option<Vec<u8>>;
        17 fn variables() -> HostResult<Vec<(Vec<u8>, Vec<u8>)>>;
        18 fn set_env(name: &[u8], value: Option<&[u8]>) -> HostResult<()>;
        19 fn execute(command: Option<&[u8]>) -> HostResult<Option<ExitStatus>>;
        20 fn setlocale(locale: Option<&[u8]>, category: &[u8]) -> Option<Vec<u8>>;
        21 fn clock() -> f64;
        22 fn time() -> i64;
        23 fn time_exact() -> (i64, u32);
        24 fn monotonic() -> f64;
        25 fn sleep(seconds: f64) -> HostResult<()>;
        26 fn local_time(time: i64, utc: bool) -> Option<DateTime>;
        27 fn make_time(t: DateTime) -> Option<(i64, DateTime)>;
        28 fn zone(time: i64, utc: bool) -> Zone;
        29 fn is_terminal(file: FileId) -> bool;
        30 fn terminal_size(file: FileId) -> Option<(u16, u16)>;
        31 fn random_seed() -> (u64, u64);
    }
    /// Files are not part of a state: when the program is run again, the tape answers for them.
    fn export(&mut self) -> Result<HostState, Vec<String>> {
        Ok(HostState::default())
    }
    fn import_file(&mut self, file: &FileState) -> HostResult<()> {
        self.tape.lock().host.import_file(file)
    }
    fn refuse_file(&mut self, file: FileId, message: &str) {
        self.tape.lock().host.refuse_file(file, message);
    }
    fn import_clock(&mut self, clock: f64) {
        self.tape.lock().host.import_clock(clock);
    }
    fn fs(&mut self) -> Option<&mut dyn Fs> {
        if self.has_fs { Some(self) } else { None }
    }
    fn process(&mut self) -> Option<&mut dyn Process> {
        if self.has_process { Some(self) } else { None }
    }
    fn net(&mut self) -> Option<&mut dyn Net> {
        if self.has_net { Some(self) } else { None }
    }
    /// (Nothing of a program depends on it.)
    fn code_memory(&mut self, bytes: usize) -> Option<Box<dyn CodeMemory>> {
        self.tape.lock().host.code_memory(bytes)
    }
}

impl Fs for Recorder {
    answered_by! { fs:
        40 fn metadata(path: &[u8], follow: bool) -> HostResult<Metadata>;
        41 fn list(path: &[u8]) -> HostResult<Vec<Vec<u8>>>;
        42 fn create_dir(path: &[u8]) -> HostResult<()>;
        43 fn remove_dir(path: &[u8]) -> HostResult<()>;
        44 fn link(target: &[u8], path: &[u8], symbolic: bool) -> HostResult<()>;
        45 fn read_link(path: &[u8]) -> HostResult<Vec<u8>>;
        46 fn canonical(path: &[u8]) -> HostResult<Vec<u8>>;
        47 fn set_times(path: &[u8], accessed: Option<f64>, modified: Option<f64>) -> HostResult<()>;
        48 fn set_mode(path: &[u8], mode: u32) -> HostResult<()>;
        49 fn current_dir() -> HostResult<Vec<u8>>;
        50 fn set_current_dir(path: &[u8]) -> HostResult<()>;
        51 fn lock(file: FileId, lock: Lock, start: u64, length: u64) -> HostResult<()>;
    }
}

impl Process for Recorder {
    answered_by! { process:
        60 fn start(command: &Command) -> HostResult<ProcessId>;
        61 fn wait(process: ProcessId, seconds: f64) -> HostResult<Option<Finished>>;
        62 fn signal(process: ProcessId, signal: i32) -> HostResult<()>;
        63 fn id(process: Option<ProcessId>) -> HostResult<u32>;
        64 fn read_stream(process: ProcessId, error: bool, most: usize, seconds: f64) -> HostResult<Option<Vec<u8>>>;
        65 fn write_input(process: ProcessId, bytes: &[u8], seconds: f64) -> HostResult<Option<usize>>;
        66 fn close_input(process: ProcessId) -> HostResult<()>;
    }
}

impl Net for Recorder {
    answered_by! { net:
        70 fn resolve(name: &[u8]) -> HostResult<Option<Vec<IpAddr>>>;
        71 fn host_name() -> HostResult<Vec<u8>>;
        72 fn socket(kind: SocketKind, v6: bool) -> HostResult<SocketId>;
        73 fn bind(socket: SocketId, to: SocketAddr) -> HostResult<()>;
        74 fn connect(socket: SocketId, to: SocketAddr) -> HostResult<bool>;
        75 fn disconnect(socket: SocketId) -> HostResult<()>;
        76 fn listen(socket: SocketId, backlog: u32) -> HostResult<()>;
        77 fn accept(socket: SocketId) -> HostResult<Option<SocketId>>;
        78 fn send(socket: SocketId, bytes: &[u8]) -> HostResult<Option<usize>>;
        79 fn send_to(socket: SocketId, bytes: &[u8], to: SocketAddr) -> HostResult<Option<usize>>;
        80 fn receive(socket: SocketId, most: usize, line: bool) -> HostResult<Option<Vec<u8>>>;
        81 fn receive_from(socket: SocketId, most: usize) -> HostResult<Option<(Vec<u8>, SocketAddr)>>;
        82 fn shutdown(socket: SocketId, reading: bool, writing: bool) -> HostResult<()>;
        83 fn local_address(socket: SocketId) -> HostResult<SocketAddr>;
        84 fn peer_address(socket: SocketId) -> HostResult<SocketAddr>;
        85 fn set_option(socket: SocketId, option: SocketOption, value: i64) -> HostResult<()>;
        86 fn option(socket: SocketId, option: SocketOption) -> HostResult<i64>;
        87 fn close_socket(socket: SocketId) -> HostResult<()>;
        88 fn ready(read: &[SocketId], write: &[SocketId], seconds: f64) -> HostResult<Ready>;
        89 fn check_tls(settings: &TlsSettings) -> HostResult<()>;
        90 fn start_tls(socket: SocketId, settings: &TlsSettings, name: &[u8]) -> HostResult<()>;
        91 fn handshake(socket: SocketId) -> HostResult<bool>;
        92 fn tls_session(socket: SocketId) -> HostResult<Option<TlsSession>>;
    }
}

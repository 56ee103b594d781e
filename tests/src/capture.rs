//! The real operating system, except that what programs print is kept, and that random seeds are
//! always the same.

use luka::host::System;
use luka_vm::host::{
    Buffering, CodeMemory, DateTime, ExitStatus, FileId, Fs, Host, HostResult, Net, Process,
    Whence, Zone,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a program printed.
#[derive(Clone, Default)]
pub struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    /// What it is so far.
    pub fn borrow(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, of which nothing is left.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.borrow())
    }
}

pub struct Capture {
    system: System,
    stdout: Printed,
    stderr: Printed,
    /// Asked about the clock, or for a temporary name, so often; `None`: the system answers.
    asked: Option<u32>,
}

/// Where frozen time begins: 14 November 2023.
const EPOCH: i64 = 1_700_000_000;

impl Capture {
    /// The host, and where standard output and standard error go.
    pub fn new() -> (Capture, Printed, Printed) {
        let (stdout, stderr) = (Printed::default(), Printed::default());
        let host = Capture {
            system: System::all(),
            stdout: stdout.clone(),
            stderr: stderr.clone(),
            asked: None,
        };
        (host, stdout, stderr)
    }

    /// The same, with a clock that only goes on when it is asked, and temporary names that are the
    /// same in every run of this process.
    pub fn frozen() -> (Capture, Printed, Printed) {
        let (mut host, stdout, stderr) = Capture::new();
        host.asked = Some(0);
        (host, stdout, stderr)
    }

    /// How often something frozen has been asked for.
    fn count(&mut self) -> Option<u32> {
        let asked = self.asked.as_mut()?;
        *asked += 1;
        Some(*asked)
    }

    fn kept(&self, file: FileId) -> Option<&Printed> {
        match file.0 {
            1 => Some(&self.stdout),
            2 => Some(&self.stderr),
            _ => None,
        }
    }
}

impl Host for Capture {
    fn write(&mut self, file: FileId, bytes: &[u8]) -> HostResult<()> {
        if let Some(kept) = self.kept(file) {
            kept.borrow().extend_from_slice(bytes);
            return Ok(());
        }
        self.system.write(file, bytes)
    }
    fn read(&mut self, file: FileId, buf: &mut [u8]) -> HostResult<usize> {
        // Nobody types while tests run.
        if file.0 == 0 { Ok(0) } else { self.system.read(file, buf) }
    }
    fn peek(&mut self, file: FileId) -> HostResult<&[u8]> {
        if file.0 == 0 { Ok(&[]) } else { self.system.peek(file) }
    }
    fn consume(&mut self, file: FileId, n: usize) {
        self.system.consume(file, n);
    }
    fn flush(&mut self, file: FileId) -> HostResult<()> {
        if self.kept(file).is_some() { Ok(()) } else { self.system.flush(file) }
    }
    fn flush_all(&mut self) -> HostResult<()> {
        self.system.flush_all()
    }
    fn seek(&mut self, file: FileId, whence: Whence, offset: i64) -> HostResult<u64> {
        self.system.seek(file, whence, offset)
    }
    fn set_buffering(&mut self, file: FileId, mode: Buffering) -> HostResult<()> {
        if self.kept(file).is_some() { Ok(()) } else { self.system.set_buffering(file, mode) }
    }
    fn open(&mut self, path: &[u8], mode: &[u8]) -> HostResult<FileId> {
        self.system.open(path, mode)
    }
    fn popen(&mut self, command: &[u8], mode: &[u8]) -> HostResult<FileId> {
        self.system.popen(command, mode)
    }
    fn tmpfile(&mut self) -> HostResult<FileId> {
        self.system.tmpfile()
    }
    fn close(&mut self, file: FileId) -> HostResult<Option<ExitStatus>> {
        if self.kept(file).is_some() { Ok(None) } else { self.system.close(file) }
    }
    fn read_file(&mut self, path: &[u8]) -> HostResult<Vec<u8>> {
        self.system.read_file(path)
    }
    fn remove(&mut self, path: &[u8]) -> HostResult<()> {
        self.system.remove(path)
    }
    fn rename(&mut self, from: &[u8], to: &[u8]) -> HostResult<()> {
        self.system.rename(from, to)
    }
    fn tmpname(&mut self) -> HostResult<Vec<u8>> {
        let Some(n) = self.count() else { return self.system.tmpname() };
        let name = format!("luka_{}_{:?}_{n}", std::process::id(), std::thread::current().id());
        let name = name.replace(['(', ')'], "");
        let path = std::env::temp_dir().join(name).into_os_string().into_encoded_bytes();
        self.system.open(&path, b"w").and_then(|file| self.system.close(file))?;
        Ok(path)
    }
    fn getenv(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        match name {
            // (What is installed on this machine is no part of a test.)
            b"LUA_PATH_5_4" => Some(b"./?.lua;./?/init.lua".to_vec()),
            _ => self.system.getenv(name),
        }
    }
    fn execute(&mut self, command: Option<&[u8]>) -> HostResult<Option<ExitStatus>> {
        self.system.execute(command)
    }
    fn setlocale(&mut self, locale: Option<&[u8]>, category: &[u8]) -> Option<Vec<u8>> {
        self.system.setlocale(locale, category)
    }
    fn clock(&mut self) -> f64 {
        match self.count() {
            Some(n) => f64::from(n) / 1024.0,
            None => self.system.clock(),
        }
    }
    fn time(&mut self) -> i64 {
        match self.asked {
            Some(n) => EPOCH + i64::from(n / 1024),
            None => self.system.time(),
        }
    }
    fn time_exact(&mut self) -> (i64, u32) {
        (self.time(), 0)
    }
    fn monotonic(&mut self) -> f64 {
        self.clock()
    }
    fn sleep(&mut self, _seconds: f64) -> HostResult<()> {
        Ok(())
    }
    fn variables(&mut self) -> HostResult<Vec<(Vec<u8>, Vec<u8>)>> {
        self.system.variables()
    }
    fn set_env(&mut self, name: &[u8], value: Option<&[u8]>) -> HostResult<()> {
        self.system.set_env(name, value)
    }
    fn fs(&mut self) -> Option<&mut dyn Fs> {
        self.system.fs()
    }
    fn process(&mut self) -> Option<&mut dyn Process> {
        self.system.process()
    }
    fn net(&mut self) -> Option<&mut dyn Net> {
        self.system.net()
    }
    fn local_time(&mut self, time: i64, utc: bool) -> Option<DateTime> {
        self.system.local_time(time, utc)
    }
    fn make_time(&mut self, t: DateTime) -> Option<(i64, DateTime)> {
        self.system.make_time(t)
    }
    fn zone(&mut self, time: i64, utc: bool) -> Zone {
        self.system.zone(time, utc)
    }
    fn code_memory(&mut self, bytes: usize) -> Option<Box<dyn CodeMemory>> {
        self.system.code_memory(bytes)
    }
    fn random_seed(&mut self) -> (u64, u64) {
        (1, 2)
    }
}

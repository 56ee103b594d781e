//! The host of a machine that is nowhere: no files, no processes, no clock, no environment.

use luka_vm::host::{Buffering, DateTime, ExitStatus, FileId, Host, HostError, HostResult, Whence};

/// The host.
pub struct Nowhere;

fn none<T>() -> HostResult<T> {
    Err(HostError { message: "Function not implemented".to_string(), code: 38 })
}

impl Host for Nowhere {
    fn write(&mut self, _: FileId, _: &[u8]) -> HostResult<()> {
        none()
    }
    fn read(&mut self, _: FileId, _: &mut [u8]) -> HostResult<usize> {
        none()
    }
    fn peek(&mut self, _: FileId) -> HostResult<&[u8]> {
        none()
    }
    fn consume(&mut self, _: FileId, _: usize) {}
    fn flush(&mut self, _: FileId) -> HostResult<()> {
        none()
    }
    fn flush_all(&mut self) -> HostResult<()> {
        none()
    }
    fn seek(&mut self, _: FileId, _: Whence, _: i64) -> HostResult<u64> {
        none()
    }
    fn set_buffering(&mut self, _: FileId, _: Buffering) -> HostResult<()> {
        none()
    }
    fn open(&mut self, _: &[u8], _: &[u8]) -> HostResult<FileId> {
        none()
    }
    fn popen(&mut self, _: &[u8], _: &[u8]) -> HostResult<FileId> {
        none()
    }
    fn tmpfile(&mut self) -> HostResult<FileId> {
        none()
    }
    fn close(&mut self, _: FileId) -> HostResult<Option<ExitStatus>> {
        none()
    }
    fn read_file(&mut self, _: &[u8]) -> HostResult<Vec<u8>> {
        none()
    }
    fn remove(&mut self, _: &[u8]) -> HostResult<()> {
        none()
    }
    fn rename(&mut self, _: &[u8], _: &[u8]) -> HostResult<()> {
        none()
    }
    fn tmpname(&mut self) -> HostResult<Vec<u8>> {
        none()
    }
    fn getenv(&mut self, _: &[u8]) -> Option<Vec<u8>> {
        None
    }
    fn execute(&mut self, _: Option<&[u8]>) -> HostResult<Option<ExitStatus>> {
        none()
    }
    fn setlocale(&mut self, _: Option<&[u8]>, _: &[u8]) -> Option<Vec<u8>> {
        None
    }
    fn clock(&mut self) -> f64 {
        0.0
    }
    fn time(&mut self) -> i64 {
        0
    }
    fn local_time(&mut self, _: i64, _: bool) -> Option<DateTime> {
        None
    }
    fn make_time(&mut self, _: DateTime) -> Option<(i64, DateTime)> {
        None
    }
    fn random_seed(&mut self) -> (u64, u64) {
        (0, 0)
    }
}

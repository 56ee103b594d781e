//! Standard output to any writer, around another host.

use super::{Buffering, DateTime, ExitStatus, FileId, Host, HostError, HostResult, Whence, Zone};
use std::io::Write;

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
    HostError { message: error.to_string(), code: i64::from(error.raw_os_error().unwrap_or(5)) }
}

/// Standard output.
const OUT: FileId = FileId(1);

/// A host whose standard output goes to a writer.
pub(crate) struct WithOutput {
    inner: Box<dyn Host + Send>,
    output: Output,
}

impl WithOutput {
    pub(crate) fn new(inner: Box<dyn Host + Send>, output: Output) -> WithOutput {
        WithOutput { inner, output }
    }
}

/// Methods that are the inner host's.
macro_rules! inner {
    ($(fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => { $(
        fn $name(&mut self, $($arg: $type),*) -> $result {
            self.inner.$name($($arg),*)
        }
    )* };
}

impl Host for WithOutput {
    fn write(&mut self, file: FileId, bytes: &[u8]) -> HostResult<()> {
        if file == OUT { self.output.write(bytes) } else { self.inner.write(file, bytes) }
    }
    fn flush(&mut self, file: FileId) -> HostResult<()> {
        if file == OUT { self.output.flush() } else { self.inner.flush(file) }
    }
    fn flush_all(&mut self) -> HostResult<()> {
        self.output.flush()?;
        self.inner.flush_all()
    }
    fn peek(&mut self, file: FileId) -> HostResult<&[u8]> {
        self.inner.peek(file)
    }
    fn consume(&mut self, file: FileId, n: usize) {
        self.inner.consume(file, n);
    }
    inner! {
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
        fn execute(command: Option<&[u8]>) -> HostResult<Option<ExitStatus>>;
        fn setlocale(locale: Option<&[u8]>, category: &[u8]) -> Option<Vec<u8>>;
        fn clock() -> f64;
        fn time() -> i64;
        fn local_time(time: i64, utc: bool) -> Option<DateTime>;
        fn make_time(t: DateTime) -> Option<(i64, DateTime)>;
        fn zone(time: i64, utc: bool) -> Zone;
        fn random_seed() -> (u64, u64);
    }
}

//! The operating system that programs see: files in memory, output that goes to the page as it comes,
//! and the page's clock.

use luka::host::{
    Buffering, DateTime, ExitStatus, FileId, FileState, Host, HostResult, HostState, Memory,
    Whence, Zone, calendar,
};

/// What JavaScript gives.
pub trait Page {
    /// Takes what a program writes to standard output (1) or standard error (2).
    fn write(&mut self, file: u32, bytes: &[u8]);

    /// Milliseconds since 1970-01-01 UTC.
    fn now(&mut self) -> f64;

    /// Milliseconds by which local time is ahead of UTC at a time, which is given like [`Page::now`].
    fn offset(&mut self, time: f64) -> f64;
}

/// Written bytes that wait until a piece of the run ends, at most.
const BUFFER: usize = 8 * 1024;

/// The host.
pub struct PageHost {
    page: Box<dyn Page + Send>,
    /// Files, and standard input.
    files: Memory,
    /// What was written to standard output and is not with the page yet.
    output: Vec<u8>,
    /// The time at which the processor's clock was 0.
    start: f64,
}

const OUT: FileId = FileId(1);
const ERR: FileId = FileId(2);

impl PageHost {
    /// A host with these files.
    pub fn new(mut page: Box<dyn Page + Send>, files: Memory) -> PageHost {
        let start = page.now();
        PageHost { page, files, output: Vec::new(), start }
    }

    fn send(&mut self) {
        if !self.output.is_empty() {
            self.page.write(1, &self.output);
            self.output.clear();
        }
    }

    /// Seconds by which local time is ahead of UTC.
    fn ahead(&mut self, time: i64) -> i64 {
        (self.page.offset(time as f64 * 1000.0) / 1000.0) as i64
    }
}

impl Host for PageHost {
    fn write(&mut self, file: FileId, bytes: &[u8]) -> HostResult<()> {
        match file {
            OUT => {
                self.output.extend_from_slice(bytes);
                if self.output.len() > BUFFER {
                    self.send();
                }
                Ok(())
            }
            ERR => {
                self.send();
                self.page.write(2, bytes);
                Ok(())
            }
            file => self.files.write(file, bytes),
        }
    }

    fn flush(&mut self, file: FileId) -> HostResult<()> {
        if file == OUT {
            self.send();
        }
        self.files.flush(file)
    }

    fn flush_all(&mut self) -> HostResult<()> {
        self.send();
        Ok(())
    }

    fn clock(&mut self) -> f64 {
        (self.page.now() - self.start) / 1000.0
    }

    fn monotonic(&mut self) -> f64 {
        self.clock()
    }

    fn import_clock(&mut self, clock: f64) {
        self.start = self.page.now() - clock * 1000.0;
    }

    fn time(&mut self) -> i64 {
        (self.page.now() / 1000.0).floor() as i64
    }

    fn time_exact(&mut self) -> (i64, u32) {
        let now = self.page.now();
        let seconds = (now / 1000.0).floor();
        (seconds as i64, ((now - seconds * 1000.0) * 1e6) as u32)
    }

    fn local_time(&mut self, time: i64, utc: bool) -> Option<DateTime> {
        let ahead = if utc { 0 } else { self.ahead(time) };
        calendar::date_of(time.checked_add(ahead)?)
    }

    fn make_time(&mut self, date: DateTime) -> Option<(i64, DateTime)> {
        let (as_utc, _) = calendar::time_of(date)?;
        // The offset at the time that is sought, which is within a day of this one.
        let near = as_utc.checked_sub(self.ahead(as_utc))?;
        let time = as_utc.checked_sub(self.ahead(near))?;
        Some((time, self.local_time(time, false)?))
    }

    fn zone(&mut self, time: i64, utc: bool) -> Zone {
        let offset = if utc { 0 } else { self.ahead(time) };
        let name = match (offset, offset.abs() / 3600, offset.abs() / 60 % 60) {
            (0, _, _) => "UTC".to_string(),
            (_, hours, minutes) => {
                let sign = if offset < 0 { '-' } else { '+' };
                format!("{sign}{hours:02}{minutes:02}")
            }
        };
        Zone { name, offset }
    }

    fn read(&mut self, file: FileId, bytes: &mut [u8]) -> HostResult<usize> {
        self.files.read(file, bytes)
    }
    fn peek(&mut self, file: FileId) -> HostResult<&[u8]> {
        self.files.peek(file)
    }
    fn consume(&mut self, file: FileId, n: usize) {
        self.files.consume(file, n);
    }
    fn seek(&mut self, file: FileId, whence: Whence, offset: i64) -> HostResult<u64> {
        self.files.seek(file, whence, offset)
    }
    fn set_buffering(&mut self, file: FileId, buffering: Buffering) -> HostResult<()> {
        self.files.set_buffering(file, buffering)
    }
    fn open(&mut self, path: &[u8], mode: &[u8]) -> HostResult<FileId> {
        self.files.open(path, mode)
    }
    fn tmpfile(&mut self) -> HostResult<FileId> {
        self.files.tmpfile()
    }
    fn close(&mut self, file: FileId) -> HostResult<Option<ExitStatus>> {
        self.files.close(file)
    }
    fn read_file(&mut self, path: &[u8]) -> HostResult<Vec<u8>> {
        self.files.read_file(path)
    }
    fn remove(&mut self, path: &[u8]) -> HostResult<()> {
        self.files.remove(path)
    }
    fn rename(&mut self, from: &[u8], to: &[u8]) -> HostResult<()> {
        self.files.rename(from, to)
    }
    fn tmpname(&mut self) -> HostResult<Vec<u8>> {
        self.files.tmpname()
    }
    fn getenv(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        self.files.getenv(name)
    }
    fn export(&mut self) -> Result<HostState, Vec<String>> {
        self.send();
        let clock = self.clock();
        self.files.export().map(|state| HostState { clock, ..state })
    }
    fn import_file(&mut self, file: &FileState) -> HostResult<()> {
        self.files.import_file(file)
    }
    fn refuse_file(&mut self, file: FileId, message: &str) {
        self.files.refuse_file(file, message);
    }
    fn random_seed(&mut self) -> (u64, u64) {
        self.files.random_seed()
    }
}

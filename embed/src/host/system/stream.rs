//! Buffered streams with C's `FILE` in mind: one position shared by reads and writes, blocks of
//! the size C uses (what a program prints interleaves with its children's output in the same
//! places), full buffering for files, by line for terminals, none for standard error.

use luka_vm::host::{
    Buffering, ExitStatus, FileId, FileSource, FileState, HostError, HostResult, Whence,
};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::errors::{BAD_DESCRIPTOR, INVALID, host_error, plain};
use super::{Console, process};

/// The C library's block.
const BLOCK: usize = 4096;
/// Input is read ahead by so many bytes.
const READ_AHEAD: usize = 16384;
/// The largest buffer `setvbuf` gives.
const MOST: usize = 1 << 24;

/// The first failed write to standard output. The process reports it when it ends: `print` ignores
/// errors, as PUC's does, and a write can fail long after the call that filled the buffer.
pub type Lost = Arc<OnceLock<HostError>>;

/// Whether what was last written to the terminal has ended its line.
static LINE_START: AtomicBool = AtomicBool::new(true);

/// Whether what programs have written to the terminal has ended its line, since the last call.
pub fn at_line_start() -> bool {
    LINE_START.swap(true, Ordering::Relaxed)
}

/// An open file, pipe or standard stream.
pub struct Stream {
    file: File,
    /// The process at the other end of a pipe.
    child: Option<Child>,
    /// The command it runs.
    command: Vec<u8>,
    readable: bool,
    writable: bool,
    terminal: bool,
    buffering: Buffering,
    /// Input read ahead; `input[taken..]` is still to be taken.
    input: Vec<u8>,
    taken: usize,
    /// Output not yet written.
    output: Vec<u8>,
    lost: Lost,
    /// What happens on a terminal, and to output nobody reads.
    pub console: Console,
    /// What it is, for whoever saves it; `None` for pipes.
    pub source: Option<FileSource>,
    /// The mode it was opened with.
    pub mode: Vec<u8>,
}

impl Stream {
    pub fn new(file: File, readable: bool, writable: bool) -> Stream {
        Stream {
            file,
            child: None,
            command: Vec::new(),
            readable,
            writable,
            terminal: false,
            buffering: Buffering::Full(BLOCK),
            input: Vec::new(),
            taken: 0,
            output: Vec::new(),
            lost: Lost::default(),
            console: Console::default(),
            source: None,
            mode: Vec::new(),
        }
    }

    /// The stream as it is saved. Its output is written; its input stays.
    ///
    /// # Errors
    /// It is a pipe, or not a file that has a position.
    pub fn state(&mut self, id: FileId) -> HostResult<FileState> {
        self.flush()?;
        let Some(source) = self.source.clone() else {
            let command = String::from_utf8_lossy(&self.command);
            let message = format!("a pipe to the command `{command}` cannot be saved");
            return Err(plain(INVALID, &message));
        };
        let mut input = Vec::new();
        let mut position = 0;
        let mut saved = source;
        match &mut saved {
            FileSource::Standard => input.extend_from_slice(&self.input[self.taken..]),
            FileSource::Path(_) => position = self.seek(Whence::Current, 0)?,
            FileSource::Contents(contents) => {
                position = self.seek(Whence::Current, 0)?;
                self.seek(Whence::Set, 0)?;
                self.file.read_to_end(contents).map_err(host_error)?;
                self.seek(Whence::Set, position as i64)?;
            }
        }
        let (mode, buffering) = (self.mode.clone(), Some(self.buffering));
        Ok(FileState { id, source: saved, mode, position, input, buffering })
    }

    /// Takes over what another process had read ahead.
    pub fn unread(&mut self, input: &[u8]) {
        self.input = [input, &self.input[self.taken..]].concat();
        self.taken = 0;
    }

    /// Standard input, output or error, on a descriptor of its own; failed writes to standard
    /// output are noted in `lost`.
    pub fn standard(index: usize, lost: &Lost) -> HostResult<Stream> {
        let (fd, terminal): (io::Result<OwnedFd>, bool) = match index {
            0 => (io::stdin().as_fd().try_clone_to_owned(), io::stdin().is_terminal()),
            1 => (io::stdout().as_fd().try_clone_to_owned(), io::stdout().is_terminal()),
            _ => (io::stderr().as_fd().try_clone_to_owned(), io::stderr().is_terminal()),
        };
        let mut stream = Stream::new(File::from(fd.map_err(host_error)?), index == 0, index != 0);
        stream.terminal = terminal;
        stream.source = Some(FileSource::Standard);
        if index == 1 {
            stream.lost = lost.clone();
        }
        stream.buffering = match index {
            2 => Buffering::None,
            _ if terminal => Buffering::Line(BLOCK),
            _ => Buffering::Full(BLOCK),
        };
        Ok(stream)
    }

    /// One end of a pipe to a process.
    pub fn pipe(fd: OwnedFd, child: Child, reads: bool, command: &[u8]) -> Stream {
        let mut stream = Stream::new(File::from(fd), reads, !reads);
        stream.child = Some(child);
        stream.command = command.to_vec();
        stream
    }

    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Columns and rows of the terminal that it is.
    pub fn terminal_size(&self) -> Option<(u16, u16)> {
        let size = rustix::termios::tcgetwinsize(&self.file).ok()?;
        (size.ws_col > 0).then_some((size.ws_col, size.ws_row))
    }

    /// The file itself.
    pub fn file(&self) -> &File {
        &self.file
    }

    // ------------------------------------------------------------------ writing

    pub fn write(&mut self, bytes: &[u8]) -> HostResult<()> {
        if !self.writable {
            return Err(plain(BAD_DESCRIPTOR, "Bad file descriptor"));
        }
        self.forget_input();
        if self.terminal
            && let Some(&last) = bytes.last()
        {
            LINE_START.store(last == b'\n', Ordering::Relaxed);
        }
        match self.buffering {
            Buffering::None => self.write_all(bytes),
            Buffering::Full(size) => self.write_blocks(bytes, size),
            Buffering::Line(size) => match memchr::memrchr(b'\n', bytes) {
                Some(at) => {
                    self.write_blocks(&bytes[..=at], size)?;
                    self.flush()?;
                    self.write_blocks(&bytes[at + 1..], size)
                }
                None => self.write_blocks(bytes, size),
            },
        }
    }

    /// Fills the buffer, writes it when it is full, writes whole blocks of what is left at once.
    fn write_blocks(&mut self, bytes: &[u8], size: usize) -> HostResult<()> {
        let room = size.saturating_sub(self.output.len());
        if bytes.len() <= room {
            self.output.extend_from_slice(bytes);
            return Ok(());
        }
        let (head, rest) = bytes.split_at(room);
        self.output.extend_from_slice(head);
        self.flush()?;
        let (blocks, rest) = rest.split_at(rest.len() - rest.len() % size.max(1));
        if !blocks.is_empty() {
            self.write_all(blocks)?;
        }
        self.output.extend_from_slice(rest);
        Ok(())
    }

    pub fn flush(&mut self) -> HostResult<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let output = std::mem::take(&mut self.output);
        let result = self.write_all(&output);
        self.output = output;
        self.output.clear();
        result
    }

    fn write_all(&mut self, bytes: &[u8]) -> HostResult<()> {
        let result = write_all(&mut self.file, bytes, self.console);
        if let Err(error) = &result {
            // Only the first one is kept.
            let _ = self.lost.set(error.clone());
        }
        result
    }

    // ------------------------------------------------------------------ reading

    pub fn read(&mut self, buf: &mut [u8]) -> HostResult<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        if self.taken == self.input.len() && buf.len() >= READ_AHEAD {
            self.before_read()?;
            self.wait()?;
            return read_some(&mut self.file, buf);
        }
        let ready = self.peek()?;
        let n = ready.len().min(buf.len());
        buf[..n].copy_from_slice(&ready[..n]);
        self.consume(n);
        Ok(n)
    }

    pub fn peek(&mut self) -> HostResult<&[u8]> {
        self.before_read()?;
        if self.taken == self.input.len() {
            // An unbuffered input takes no more than it is asked for.
            let ahead = if self.buffering == Buffering::None { 1 } else { READ_AHEAD };
            self.wait()?;
            self.input.resize(ahead, 0);
            self.taken = 0;
            let got = read_some(&mut self.file, &mut self.input);
            self.input.truncate(*got.as_ref().unwrap_or(&0));
            got?;
        }
        Ok(&self.input[self.taken..])
    }

    pub fn consume(&mut self, n: usize) {
        self.taken = (self.taken + n).min(self.input.len());
    }

    fn before_read(&mut self) -> HostResult<()> {
        if !self.readable {
            return Err(plain(BAD_DESCRIPTOR, "Bad file descriptor"));
        }
        self.flush()
    }

    /// Waits for input on a terminal; Ctrl-C ends the wait.
    fn wait(&self) -> HostResult<()> {
        match self.terminal {
            true => (self.console.wait_for_input)(self.file.as_fd()).map_err(host_error),
            false => Ok(()),
        }
    }

    /// Input read ahead but not taken goes back to the file, so that its position is the
    /// program's.
    fn forget_input(&mut self) {
        let ahead = self.input.len() - self.taken;
        if ahead > 0 {
            let _ = self.file.seek(SeekFrom::Current(-(ahead as i64)));
        }
        self.input.clear();
        self.taken = 0;
    }

    // ------------------------------------------------------------------ position, buffering, end

    pub fn seek(&mut self, whence: Whence, offset: i64) -> HostResult<u64> {
        self.flush()?;
        let ahead = (self.input.len() - self.taken) as i64;
        let to = match whence {
            Whence::Set if offset < 0 => return Err(plain(INVALID, "Invalid argument")),
            Whence::Set => SeekFrom::Start(offset as u64),
            // Asking for the position keeps what was read ahead.
            Whence::Current if offset == 0 => {
                let at = self.file.stream_position().map_err(host_error)?;
                return Ok(at.saturating_sub(ahead as u64));
            }
            Whence::Current => SeekFrom::Current(offset.saturating_sub(ahead)),
            Whence::End => SeekFrom::End(offset),
        };
        let at = self.file.seek(to).map_err(host_error)?;
        self.input.clear();
        self.taken = 0;
        Ok(at)
    }

    pub fn set_buffering(&mut self, mode: Buffering) -> HostResult<()> {
        self.flush()?;
        let size = |n: usize| if n == 0 { BLOCK } else { n.min(MOST) };
        self.buffering = match mode {
            Buffering::None => Buffering::None,
            Buffering::Full(n) => Buffering::Full(size(n)),
            Buffering::Line(n) => Buffering::Line(size(n)),
        };
        Ok(())
    }

    /// Writes what is left and closes; for a pipe waits for the process.
    pub fn close(mut self) -> HostResult<Option<ExitStatus>> {
        let flushed = self.flush();
        if self.child.is_none() {
            self.forget_input();
        }
        let child = self.child.take();
        drop(self);
        match child {
            Some(child) => process::wait(child).map(Some),
            None => flushed.map(|()| None),
        }
    }
}

/// Writes to a file; the console learns of a pipe without a reader.
fn write_all(file: &mut File, bytes: &[u8], console: Console) -> HostResult<()> {
    file.write_all(bytes).map_err(|error| {
        if error.kind() == io::ErrorKind::BrokenPipe {
            (console.broken_pipe)();
        }
        host_error(error)
    })
}

/// One read; a signal in between is no failure.
fn read_some(file: &mut File, buf: &mut [u8]) -> HostResult<usize> {
    loop {
        match file.read(buf) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            result => return result.map_err(host_error),
        }
    }
}

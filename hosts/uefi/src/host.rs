//! The operating system as programs see it, where there is none: the screen, the keyboard, files on the
//! volume, clocks. No environment, no other programs.

use crate::editor::History;
use crate::files::{self, Open};
use crate::machine::{Machine, Typed, read_line};
use luka::host::{
    ExitStatus, FileId, FileSource, FileState, Host, HostError, HostResult, HostState, Whence,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The machine, which the prompt and its programs share.
pub type Shared = Arc<Mutex<Box<dyn Machine + Send>>>;

/// Does something with the machine.
pub fn with<R>(machine: &Shared, act: impl FnOnce(&mut dyn Machine) -> R) -> R {
    act(&mut **machine.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The most files open at once.
const OPEN: usize = 64;

/// The host.
pub struct Board {
    machine: Shared,
    open: BTreeMap<u64, Open>,
    refused: BTreeMap<u64, String>,
    next: u64,
    /// What was typed for the program and has not been read yet.
    line: Vec<u8>,
    /// What the clock of programs is ahead of the machine's.
    ahead: f64,
}

impl Board {
    /// A host on a machine.
    pub fn new(machine: Shared) -> Board {
        let (open, refused) = (BTreeMap::new(), BTreeMap::new());
        Board { machine, open, refused, next: 3, line: Vec::new(), ahead: 0.0 }
    }

    fn file(&mut self, id: FileId) -> HostResult<&mut Open> {
        if let Some(message) = self.refused.get(&id.0) {
            return Err(HostError { message: message.clone(), code: 9 });
        }
        let bad = || HostError { message: "Bad file descriptor".to_string(), code: 9 };
        self.open.get_mut(&id.0).ok_or_else(bad)
    }

    fn add(&mut self, id: u64, file: Open) -> HostResult<()> {
        if self.open.len() >= OPEN {
            return Err(HostError { message: "Too many open files".to_string(), code: 24 });
        }
        self.open.insert(id, file);
        self.next = self.next.max(id + 1);
        Ok(())
    }
}

impl Host for Board {
    fn write(&mut self, id: FileId, bytes: &[u8]) -> HostResult<()> {
        match id.0 {
            1 | 2 => {
                let text = String::from_utf8_lossy(bytes);
                with(&self.machine, |machine| machine.write(&text));
                Ok(())
            }
            _ => self.file(id)?.write(bytes),
        }
    }

    fn read(&mut self, id: FileId, buffer: &mut [u8]) -> HostResult<usize> {
        let bytes = self.peek(id)?;
        let n = bytes.len().min(buffer.len());
        buffer[..n].copy_from_slice(&bytes[..n]);
        self.consume(id, n);
        Ok(n)
    }

    fn peek(&mut self, id: FileId) -> HostResult<&[u8]> {
        if id.0 != 0 {
            return self.file(id)?.peek();
        }
        if self.line.is_empty() {
            let typed = with(&self.machine, |machine| read_line(machine, "", &History::default()));
            if let Typed::Line(line) = typed {
                self.line = (line + "\n").into_bytes();
            }
        }
        Ok(&self.line)
    }

    fn consume(&mut self, id: FileId, n: usize) {
        if id.0 == 0 {
            self.line.drain(..n.min(self.line.len()));
        } else if let Ok(file) = self.file(id) {
            file.consume(n);
        }
    }

    fn flush(&mut self, id: FileId) -> HostResult<()> {
        if id.0 < 3 { Ok(()) } else { self.file(id)?.flush() }
    }

    fn flush_all(&mut self) -> HostResult<()> {
        self.open.values_mut().try_for_each(Open::flush)
    }

    fn seek(&mut self, id: FileId, whence: Whence, offset: i64) -> HostResult<u64> {
        if id.0 < 3 {
            return Err(HostError { message: "Illegal seek".to_string(), code: 29 });
        }
        self.file(id)?.seek(whence, offset)
    }

    fn open(&mut self, name: &[u8], mode: &[u8]) -> HostResult<FileId> {
        let file = Open::new(name, mode)?;
        let id = self.next;
        self.add(id, file)?;
        Ok(FileId(id))
    }

    fn close(&mut self, id: FileId) -> HostResult<Option<ExitStatus>> {
        let flushed = self.flush(id);
        self.open.remove(&id.0);
        flushed.map(|()| None)
    }

    fn read_file(&mut self, name: &[u8]) -> HostResult<Vec<u8>> {
        std::fs::read(files::path(name)).map_err(|e| files::error(&e))
    }

    fn remove(&mut self, name: &[u8]) -> HostResult<()> {
        std::fs::remove_file(files::path(name)).map_err(|e| files::error(&e))
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> HostResult<()> {
        std::fs::rename(files::path(from), files::path(to)).map_err(|e| files::error(&e))
    }

    fn tmpname(&mut self) -> HostResult<Vec<u8>> {
        let taken = |n: u64| std::fs::exists(files::path(name(n).as_bytes())).unwrap_or(false);
        fn name(n: u64) -> String {
            format!("/lua{n:05}.tmp")
        }
        let Some(free) = (0..100_000).find(|&n| !taken(n)) else {
            return Err(HostError { message: "File exists".to_string(), code: 17 });
        };
        Open::new(name(free).as_bytes(), b"w")?;
        Ok(name(free).into_bytes())
    }

    fn clock(&mut self) -> f64 {
        with(&self.machine, |machine| machine.seconds()) + self.ahead
    }

    fn import_clock(&mut self, clock: f64) {
        self.ahead = 0.0;
        self.ahead = clock - self.clock();
    }

    fn monotonic(&mut self) -> f64 {
        self.clock()
    }

    fn time(&mut self) -> i64 {
        with(&self.machine, |machine| machine.time())
    }

    fn is_terminal(&mut self, id: FileId) -> bool {
        id.0 < 3
    }

    fn export(&mut self) -> Result<HostState, Vec<String>> {
        let clock = self.clock();
        let standard = |n| FileState {
            id: FileId(n),
            source: FileSource::Standard,
            mode: if n == 0 { b"r".to_vec() } else { b"w".to_vec() },
            position: 0,
            input: Vec::new(),
            buffering: None,
        };
        let mut files: Vec<FileState> = (0..3).map(standard).collect();
        let mut failed = Vec::new();
        for (&id, file) in &mut self.open {
            match file.state(id) {
                Ok(state) => files.push(state),
                Err(error) => failed.push(format!("an open file: {}", error.message)),
            }
        }
        if failed.is_empty() { Ok(HostState { files, clock }) } else { Err(failed) }
    }

    fn import_file(&mut self, file: &FileState) -> HostResult<()> {
        let name = match &file.source {
            FileSource::Standard => return Ok(()),
            FileSource::Path(name) => name,
            FileSource::Contents(_) => return Err(HostError::not_permitted()),
        };
        // Opened for writing, what it has would be lost.
        let mut mode = file.mode.clone();
        if let Some(first) = mode.first_mut().filter(|first| **first == b'w') {
            *first = b'r';
            mode.insert(1, b'+');
        }
        let mut open = Open::new(name, &mode)?;
        open.seek(Whence::Set, file.position as i64)?;
        self.add(file.id.0, open)
    }

    fn refuse_file(&mut self, id: FileId, message: &str) {
        self.refused.insert(id.0, message.to_string());
        self.next = self.next.max(id.0 + 1);
    }

    fn random_seed(&mut self) -> (u64, u64) {
        with(&self.machine, |machine| (machine.seed(), machine.time() as u64))
    }
}

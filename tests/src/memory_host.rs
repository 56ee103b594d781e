//! A host without an operating system: files, environment and clock are fields a test can set and
//! look at. What programs print ends up in [`MemoryHost::stdout`] and [`MemoryHost::stderr`].

use luka_vm::host::{Buffering, ExitStatus, FileId, Host, HostError, HostResult, Whence};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

type Bytes = Rc<RefCell<Vec<u8>>>;

/// An open file: shared contents, a position, what it may do.
struct Open {
    contents: Bytes,
    position: usize,
    read: bool,
    write: bool,
    append: bool,
    /// What the last `peek` showed.
    peeked: Vec<u8>,
}

impl Open {
    fn new(contents: Bytes, read: bool, write: bool, append: bool) -> Open {
        Open { contents, position: 0, read, write, append, peeked: Vec::new() }
    }
}

/// The host. Clone the `Rc` fields before giving it to a VM to look at them afterwards.
pub struct MemoryHost {
    pub files: Rc<RefCell<BTreeMap<Vec<u8>, Bytes>>>,
    pub stdout: Bytes,
    pub stderr: Bytes,
    pub environment: BTreeMap<Vec<u8>, Vec<u8>>,
    /// What `os.time()` says, always UTC.
    pub now: i64,
    pub seed: (u64, u64),
    /// The most bytes written at once.
    pub most_written: Rc<Cell<usize>>,
    ticks: u64,
    names: u64,
    open: BTreeMap<u64, Open>,
    next_id: u64,
}

impl MemoryHost {
    /// A host with this standard input and nothing else.
    pub fn new(stdin: &[u8]) -> MemoryHost {
        let (stdout, stderr) = (Bytes::default(), Bytes::default());
        let stdin = Rc::new(RefCell::new(stdin.to_vec()));
        let mut open = BTreeMap::new();
        open.insert(0, Open::new(stdin, true, false, false));
        for (id, contents) in [(1, &stdout), (2, &stderr)] {
            open.insert(id, Open::new(contents.clone(), false, true, true));
        }
        MemoryHost {
            files: Rc::default(),
            stdout,
            stderr,
            environment: BTreeMap::new(),
            now: 1_000_000_000,
            seed: (1, 2),
            most_written: Rc::default(),
            ticks: 0,
            names: 0,
            open,
            next_id: 3,
        }
    }

    /// Adds a file.
    pub fn with_file(self, path: &str, contents: &[u8]) -> MemoryHost {
        let contents = Rc::new(RefCell::new(contents.to_vec()));
        self.files.borrow_mut().insert(path.as_bytes().to_vec(), contents);
        self
    }

    fn file(&mut self, id: FileId) -> HostResult<&mut Open> {
        self.open.get_mut(&id.0).ok_or_else(bad_descriptor)
    }

    fn add(&mut self, open: Open) -> FileId {
        let id = self.next_id;
        self.next_id += 1;
        self.open.insert(id, open);
        FileId(id)
    }
}

fn error<T>(message: &str, code: i64) -> HostResult<T> {
    Err(HostError { message: message.to_string(), code })
}

fn bad_descriptor() -> HostError {
    HostError { message: "Bad file descriptor".to_string(), code: 9 }
}

fn not_found<T>() -> HostResult<T> {
    error("No such file or directory", 2)
}

fn unsupported<T>() -> HostResult<T> {
    error("Function not implemented", 38)
}

impl Host for MemoryHost {
    fn write(&mut self, file: FileId, bytes: &[u8]) -> HostResult<()> {
        self.most_written.set(self.most_written.get().max(bytes.len()));
        let f = self.file(file)?;
        if !f.write {
            return Err(bad_descriptor());
        }
        let mut contents = f.contents.borrow_mut();
        let at = if f.append { contents.len() } else { f.position };
        if contents.len() < at + bytes.len() {
            contents.resize(at + bytes.len(), 0);
        }
        contents[at..at + bytes.len()].copy_from_slice(bytes);
        f.position = at + bytes.len();
        Ok(())
    }

    fn read(&mut self, file: FileId, buf: &mut [u8]) -> HostResult<usize> {
        let f = self.file(file)?;
        if !f.read {
            return Err(bad_descriptor());
        }
        let contents = f.contents.borrow();
        let rest = contents.get(f.position..).unwrap_or(&[]);
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        f.position += n;
        Ok(n)
    }

    fn peek(&mut self, file: FileId) -> HostResult<&[u8]> {
        let f = self.file(file)?;
        if !f.read {
            return Err(bad_descriptor());
        }
        // The contents are shared and may change between two reads: copy them out.
        f.peeked.clear();
        let contents = f.contents.borrow();
        f.peeked.extend_from_slice(contents.get(f.position..).unwrap_or(&[]));
        Ok(&f.peeked)
    }

    fn consume(&mut self, file: FileId, n: usize) {
        if let Ok(f) = self.file(file) {
            f.position += n;
        }
    }

    fn flush(&mut self, file: FileId) -> HostResult<()> {
        self.file(file).map(|_| ())
    }

    fn flush_all(&mut self) -> HostResult<()> {
        Ok(())
    }

    fn seek(&mut self, file: FileId, whence: Whence, offset: i64) -> HostResult<u64> {
        let f = self.file(file)?;
        let from = match whence {
            Whence::Set => 0,
            Whence::Current => f.position as i64,
            Whence::End => f.contents.borrow().len() as i64,
        };
        match from.checked_add(offset).and_then(|p| usize::try_from(p).ok()) {
            Some(p) => {
                f.position = p;
                Ok(p as u64)
            }
            None => error("Invalid argument", 22),
        }
    }

    fn set_buffering(&mut self, file: FileId, _: Buffering) -> HostResult<()> {
        self.file(file).map(|_| ())
    }

    fn open(&mut self, path: &[u8], mode: &[u8]) -> HostResult<FileId> {
        let update = mode.contains(&b'+');
        let first = mode.first().copied().unwrap_or(b'r');
        let known = self.files.borrow().get(path).cloned();
        let contents = match (known, first) {
            (None, b'r') => return not_found(),
            (Some(c), _) => c,
            (None, _) => {
                let c = Bytes::default();
                self.files.borrow_mut().insert(path.to_vec(), c.clone());
                c
            }
        };
        if first == b'w' {
            contents.borrow_mut().clear();
        }
        let (read, write) = (update || first == b'r', update || first != b'r');
        Ok(self.add(Open::new(contents, read, write, first == b'a')))
    }

    fn popen(&mut self, _: &[u8], _: &[u8]) -> HostResult<FileId> {
        unsupported()
    }

    fn tmpfile(&mut self) -> HostResult<FileId> {
        Ok(self.add(Open::new(Bytes::default(), true, true, false)))
    }

    fn close(&mut self, file: FileId) -> HostResult<Option<ExitStatus>> {
        self.open.remove(&file.0).map(|_| None).ok_or_else(bad_descriptor)
    }

    fn read_file(&mut self, path: &[u8]) -> HostResult<Vec<u8>> {
        match self.files.borrow().get(path) {
            Some(contents) => Ok(contents.borrow().clone()),
            None => not_found(),
        }
    }

    fn remove(&mut self, path: &[u8]) -> HostResult<()> {
        match self.files.borrow_mut().remove(path) {
            Some(_) => Ok(()),
            None => not_found(),
        }
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> HostResult<()> {
        let mut files = self.files.borrow_mut();
        match files.remove(from) {
            Some(contents) => {
                files.insert(to.to_vec(), contents);
                Ok(())
            }
            None => not_found(),
        }
    }

    fn tmpname(&mut self) -> HostResult<Vec<u8>> {
        self.names += 1;
        let name = format!("/tmp/lua_{:06}", self.names).into_bytes();
        self.files.borrow_mut().insert(name.clone(), Bytes::default());
        Ok(name)
    }

    fn getenv(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        self.environment.get(name).cloned()
    }

    fn execute(&mut self, command: Option<&[u8]>) -> HostResult<Option<ExitStatus>> {
        if command.is_some() { unsupported() } else { Ok(None) }
    }

    fn setlocale(&mut self, locale: Option<&[u8]>, _: &[u8]) -> Option<Vec<u8>> {
        matches!(locale, None | Some(b"" | b"C" | b"POSIX")).then(|| b"C".to_vec())
    }

    /// Advances by a millisecond with each question.
    fn clock(&mut self) -> f64 {
        self.ticks += 1;
        self.ticks as f64 / 1000.0
    }

    fn time(&mut self) -> i64 {
        self.now
    }

    fn random_seed(&mut self) -> (u64, u64) {
        self.seed
    }
}

//! A host in memory: files and environment are what it is given, the clock stands where it is put.

use super::{
    Buffering, CodeMemory, ExitStatus, FileId, FileSource, FileState, Host, HostError, HostResult,
    HostState, Whence,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a file takes besides its bytes: a block, as on a disk.
const BLOCK: usize = 4096;
/// The longest path, in bytes.
const PATH: usize = 4096;
/// The most files open at once.
const OPEN: usize = 1024;
/// Bytes of files that programs may have, unless the host says how many.
const CAPACITY: usize = 64 << 20;

/// How much of the space for files is left.
struct Space(Mutex<usize>);

impl Space {
    fn take(&self, bytes: usize) -> HostResult<()> {
        let mut left = lock(&self.0);
        *left = left.checked_sub(bytes).ok_or_else(no_space)?;
        Ok(())
    }

    fn give(&self, bytes: usize) {
        let mut left = lock(&self.0);
        *left = left.saturating_add(bytes);
    }
}

/// The contents of a file, which several open files and the host's owner share.
struct File {
    bytes: Mutex<Vec<u8>>,
    space: Arc<Space>,
    /// What it takes besides its bytes.
    overhead: usize,
}

type Contents = Arc<File>;

impl File {
    /// An empty file.
    fn new(space: &Arc<Space>, overhead: usize) -> HostResult<Contents> {
        space.take(overhead)?;
        Ok(Arc::new(File { bytes: Mutex::default(), space: space.clone(), overhead }))
    }

    /// A file that the host's owner has filled, which takes no space until it is changed.
    fn given(space: &Arc<Space>, bytes: &[u8]) -> Contents {
        space.give(bytes.len());
        let file = File { bytes: Mutex::default(), space: space.clone(), overhead: 0 };
        // There is as much space as that.
        let _ = file.write_at(0, bytes);
        Arc::new(file)
    }

    /// Writes bytes at a position, zeros before it where there was nothing.
    fn write_at(&self, at: usize, bytes: &[u8]) -> HostResult<usize> {
        let mut contents = lock(&self.bytes);
        let end = at.checked_add(bytes.len()).ok_or_else(no_space)?;
        if end > contents.len() {
            self.space.take(end - contents.len())?;
            contents.resize(end, 0);
        }
        contents[at..end].copy_from_slice(bytes);
        Ok(end)
    }

    fn clear(&self) {
        let mut contents = lock(&self.bytes);
        self.space.give(contents.len());
        *contents = Vec::new();
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.clear();
        self.space.give(self.overhead);
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is shared here is valid at any moment.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An open file: contents, a position, what it may do.
struct Open {
    contents: Contents,
    position: usize,
    read: bool,
    write: bool,
    append: bool,
    /// What the last `peek` showed.
    peeked: Vec<u8>,
    source: FileSource,
}

impl Open {
    fn new(contents: Contents, read: bool, write: bool, append: bool) -> Open {
        let source = FileSource::Standard;
        Open { contents, position: 0, read, write, append, peeked: Vec::new(), source }
    }

    /// A file that was opened with a C mode.
    fn with_mode(contents: Contents, mode: &[u8], source: FileSource) -> Open {
        let update = mode.contains(&b'+');
        let read = mode.first() == Some(&b'r');
        let append = mode.first() == Some(&b'a');
        Open { source, ..Open::new(contents, read || update, !read || update, append) }
    }

    fn state(&self, id: u64) -> FileState {
        let source = match &self.source {
            FileSource::Contents(_) => FileSource::Contents(lock(&self.contents.bytes).clone()),
            source => source.clone(),
        };
        let mode: &[u8] = match (self.read, self.write, self.append) {
            (true, true, true) => b"a+",
            (false, true, true) => b"a",
            (true, true, false) => b"r+",
            (false, true, false) => b"w",
            (_, false, _) => b"r",
        };
        FileState {
            id: FileId(id),
            source,
            mode: mode.to_vec(),
            position: self.position as u64,
            input: Vec::new(),
            buffering: None,
        }
    }
}

/// What outlives the host: clones see the same files.
#[derive(Clone)]
struct Shared {
    files: Arc<Mutex<BTreeMap<Vec<u8>, Contents>>>,
    stdout: Contents,
    stderr: Contents,
    space: Arc<Space>,
}

/// Looks at what programs have written, while their machine has the host.
#[derive(Clone)]
pub struct View(Shared);

impl View {
    /// What was written to standard output.
    pub fn stdout(&self) -> Vec<u8> {
        lock(&self.0.stdout.bytes).clone()
    }

    /// What was written to standard error.
    pub fn stderr(&self) -> Vec<u8> {
        lock(&self.0.stderr.bytes).clone()
    }

    /// The contents of a file, if there is one.
    pub fn file(&self, path: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        lock(&self.0.files).get(path.as_ref()).map(|file| lock(&file.bytes).clone())
    }

    /// A new host with the same files and the same output: for a machine that is restored in the
    /// process that saved it.
    pub fn host(&self) -> Memory {
        Memory::sharing(self.0.clone())
    }
}

/// The host.
pub struct Memory {
    shared: Shared,
    environment: BTreeMap<Vec<u8>, Vec<u8>>,
    now: i64,
    seed: (u64, u64),
    ticks: u64,
    names: u64,
    open: BTreeMap<u64, Open>,
    /// Why files are not open that another host had open.
    refused: BTreeMap<u64, String>,
    next_id: u64,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory::new()
    }
}

impl Memory {
    /// A host without files; standard input is empty, the time is 0.
    pub fn new() -> Memory {
        let space = Arc::new(Space(Mutex::new(CAPACITY)));
        let empty = || File::given(&space, b"");
        let shared = Shared {
            files: Arc::default(),
            stdout: empty(),
            stderr: empty(),
            space: space.clone(),
        };
        Memory::sharing(shared)
    }

    fn sharing(shared: Shared) -> Memory {
        let mut open = BTreeMap::new();
        let stdin = File::given(&shared.space, b"");
        open.insert(0, Open::new(stdin, true, false, false));
        open.insert(1, Open::new(shared.stdout.clone(), false, true, true));
        open.insert(2, Open::new(shared.stderr.clone(), false, true, true));
        Memory {
            shared,
            environment: BTreeMap::new(),
            now: 0,
            seed: (0, 0),
            ticks: 0,
            names: 0,
            open,
            refused: BTreeMap::new(),
            next_id: 3,
        }
    }

    /// Sets what programs read from standard input.
    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Memory {
        let contents = File::given(&self.shared.space, bytes.as_ref());
        self.open.insert(0, Open::new(contents, true, false, false));
        self
    }

    /// Adds a file.
    pub fn file(self, path: impl AsRef<[u8]>, contents: impl AsRef<[u8]>) -> Memory {
        let contents = File::given(&self.shared.space, contents.as_ref());
        self.files().insert(path.as_ref().to_vec(), contents);
        self
    }

    /// Sets a variable of the environment.
    pub fn variable(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Memory {
        self.environment.insert(name.as_ref().to_vec(), value.as_ref().to_vec());
        self
    }

    /// Sets the time, in seconds since 1970-01-01 UTC.
    pub fn now(mut self, now: i64) -> Memory {
        self.now = now;
        self
    }

    /// Sets what `math.randomseed()` finds.
    pub fn seed(mut self, a: u64, b: u64) -> Memory {
        self.seed = (a, b);
        self
    }

    /// Sets how many bytes programs may write to files and standard output together; by default 64 MiB.
    /// A file of theirs takes 4 KiB besides its bytes.
    pub fn capacity(self, bytes: usize) -> Memory {
        *lock(&self.shared.space.0) = bytes;
        self
    }

    /// A view that stays when a machine has taken the host.
    pub fn view(&self) -> View {
        View(self.shared.clone())
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, Contents>> {
        lock(&self.shared.files)
    }

    fn opened(&mut self, id: FileId) -> HostResult<&mut Open> {
        match (self.open.get_mut(&id.0), self.refused.get(&id.0)) {
            (Some(open), _) => Ok(open),
            (None, Some(message)) => Err(error(message, 9)),
            (None, None) => Err(bad_descriptor()),
        }
    }

    fn add(&mut self, open: Open) -> HostResult<FileId> {
        if self.open.len() >= OPEN {
            return Err(error("Too many open files", 24));
        }
        let id = self.next_id;
        self.next_id += 1;
        self.open.insert(id, open);
        Ok(FileId(id))
    }
}

fn error(message: &str, code: i64) -> HostError {
    HostError { message: message.to_string(), code }
}

fn bad_descriptor() -> HostError {
    error("Bad file descriptor", 9)
}

fn no_space() -> HostError {
    error("No space left on device", 28)
}

/// # Errors
/// The path is longer than paths may be.
fn checked(path: &[u8]) -> HostResult<Vec<u8>> {
    if path.len() > PATH {
        return Err(error("File name too long", 36));
    }
    Ok(path.to_vec())
}

fn not_found() -> HostError {
    error("No such file or directory", 2)
}

impl Host for Memory {
    fn write(&mut self, file: FileId, bytes: &[u8]) -> HostResult<()> {
        let open = self.opened(file)?;
        if !open.write {
            return Err(bad_descriptor());
        }
        let at = if open.append { lock(&open.contents.bytes).len() } else { open.position };
        open.position = open.contents.write_at(at, bytes)?;
        Ok(())
    }

    fn read(&mut self, file: FileId, buf: &mut [u8]) -> HostResult<usize> {
        let open = self.opened(file)?;
        if !open.read {
            return Err(bad_descriptor());
        }
        let contents = lock(&open.contents.bytes);
        let rest = contents.get(open.position..).unwrap_or(&[]);
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        open.position += n;
        Ok(n)
    }

    fn peek(&mut self, file: FileId) -> HostResult<&[u8]> {
        const PIECE: usize = 8 * 1024;
        let open = self.opened(file)?;
        if !open.read {
            return Err(bad_descriptor());
        }
        // The contents are shared and may change between two reads: a piece is copied out.
        let contents = lock(&open.contents.bytes);
        let rest = contents.get(open.position..).unwrap_or(&[]);
        open.peeked.clear();
        open.peeked.extend_from_slice(&rest[..rest.len().min(PIECE)]);
        drop(contents);
        Ok(&open.peeked)
    }

    fn consume(&mut self, file: FileId, n: usize) {
        if let Ok(open) = self.opened(file) {
            open.position = open.position.saturating_add(n);
        }
    }

    fn flush(&mut self, file: FileId) -> HostResult<()> {
        self.opened(file).map(drop)
    }

    fn set_buffering(&mut self, file: FileId, _: Buffering) -> HostResult<()> {
        self.opened(file).map(drop)
    }

    fn seek(&mut self, file: FileId, whence: Whence, offset: i64) -> HostResult<u64> {
        let open = self.opened(file)?;
        let from = match whence {
            Whence::Set => 0,
            Whence::Current => open.position as i64,
            Whence::End => lock(&open.contents.bytes).len() as i64,
        };
        let to = from.checked_add(offset).and_then(|to| usize::try_from(to).ok());
        open.position = to.ok_or_else(|| error("Invalid argument", 22))?;
        Ok(open.position as u64)
    }

    fn open(&mut self, path: &[u8], mode: &[u8]) -> HostResult<FileId> {
        let known = self.files().get(path).cloned();
        let contents = match (mode.first(), known) {
            (Some(b'r'), None) => return Err(not_found()),
            (Some(b'w'), Some(file)) => {
                file.clear();
                file
            }
            (_, Some(file)) => file,
            (_, None) => {
                let path = checked(path)?;
                let file = File::new(&self.shared.space, BLOCK)?;
                self.files().insert(path, file.clone());
                file
            }
        };
        self.add(Open::with_mode(contents, mode, FileSource::Path(path.to_vec())))
    }

    fn tmpfile(&mut self) -> HostResult<FileId> {
        let file = File::new(&self.shared.space, BLOCK)?;
        self.add(Open::with_mode(file, b"w+", FileSource::Contents(Vec::new())))
    }

    fn close(&mut self, file: FileId) -> HostResult<Option<ExitStatus>> {
        self.opened(file)?;
        self.open.remove(&file.0);
        Ok(None)
    }

    fn read_file(&mut self, path: &[u8]) -> HostResult<Vec<u8>> {
        self.files().get(path).map(|file| lock(&file.bytes).clone()).ok_or_else(not_found)
    }

    fn remove(&mut self, path: &[u8]) -> HostResult<()> {
        self.files().remove(path).map(|_| ()).ok_or_else(not_found)
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> HostResult<()> {
        let mut files = self.files();
        let to = checked(to)?;
        let file = files.remove(from).ok_or_else(not_found)?;
        files.insert(to, file);
        Ok(())
    }

    fn tmpname(&mut self) -> HostResult<Vec<u8>> {
        // A machine that was restored may find names of the host before.
        let name = loop {
            self.names += 1;
            let name = format!("/tmp/lua_{:06}", self.names).into_bytes();
            if !self.files().contains_key(&name) {
                break name;
            }
        };
        let file = File::new(&self.shared.space, BLOCK)?;
        self.files().insert(name.clone(), file);
        Ok(name)
    }

    fn getenv(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        self.environment.get(name).cloned()
    }

    /// Advances by a millisecond with each question.
    fn clock(&mut self) -> f64 {
        self.ticks += 1;
        self.ticks as f64 / 1000.0
    }

    fn time(&mut self) -> i64 {
        self.now
    }

    fn export(&mut self) -> Result<HostState, Vec<String>> {
        let files = self.open.iter().map(|(&id, open)| open.state(id));
        Ok(HostState { files: files.collect(), clock: self.ticks as f64 / 1000.0 })
    }

    fn import_file(&mut self, file: &FileState) -> HostResult<()> {
        let position = usize::try_from(file.position).unwrap_or(usize::MAX / 2);
        let mut open = match &file.source {
            FileSource::Standard => {
                // Output goes to the end anyway.
                let open = self.opened(file.id)?;
                if !file.input.is_empty() {
                    open.contents = File::given(&open.contents.space.clone(), &file.input);
                }
                open.position = position;
                return Ok(());
            }
            FileSource::Path(path) => {
                let contents = self.files().get(path).cloned().ok_or_else(not_found)?;
                Open::with_mode(contents, &file.mode, file.source.clone())
            }
            FileSource::Contents(bytes) => {
                let contents = File::new(&self.shared.space, BLOCK)?;
                contents.write_at(0, bytes)?;
                Open::with_mode(contents, &file.mode, FileSource::Contents(Vec::new()))
            }
        };
        if self.open.len() >= OPEN || file.id.0 < 3 {
            return Err(error("Too many open files", 24));
        }
        open.position = position;
        self.open.insert(file.id.0, open);
        self.next_id = self.next_id.max(file.id.0.saturating_add(1));
        Ok(())
    }

    fn refuse_file(&mut self, file: FileId, message: &str) {
        if file.0 >= 3 && self.refused.len() < OPEN {
            self.refused.insert(file.0, message.to_string());
            self.next_id = self.next_id.max(file.0.saturating_add(1));
        }
    }

    fn import_clock(&mut self, clock: f64) {
        self.ticks = (clock * 1000.0).round() as u64;
    }

    fn code_memory(&mut self, bytes: usize) -> Option<Box<dyn CodeMemory>> {
        super::code_pages(bytes)
    }

    fn random_seed(&mut self) -> (u64, u64) {
        self.seed
    }
}

//! Open files on the volume that the program was started from. Paths are as in C, with `/`; there are no
//! working directories, so all begin at the root.

use luka::host::{FileId, FileSource, FileState, HostError, HostResult, Whence};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// Bytes that are read ahead or wait to be written.
const BUFFER: usize = 8192;

/// A file of the volume, which the standard library has as a pointer to the firmware's.
struct Volume(File);

// SAFETY: the firmware runs one processor and no threads; elsewhere files go from thread to thread anyway.
unsafe impl Send for Volume {}

/// A file that a program has open.
pub struct Open {
    file: Volume,
    source: FileSource,
    mode: Vec<u8>,
    /// Bytes read ahead; those before `taken` are the program's already.
    ahead: Vec<u8>,
    taken: usize,
    /// Bytes that wait to be written.
    behind: Vec<u8>,
}

/// The C library's message and number of an error.
pub fn error(error: &io::Error) -> HostError {
    let (message, code) = match error.kind() {
        ErrorKind::NotFound => ("No such file or directory", 2),
        ErrorKind::PermissionDenied => ("Permission denied", 13),
        ErrorKind::AlreadyExists => ("File exists", 17),
        ErrorKind::IsADirectory => ("Is a directory", 21),
        ErrorKind::InvalidInput => ("Invalid argument", 22),
        ErrorKind::StorageFull => ("No space left on device", 28),
        ErrorKind::ReadOnlyFilesystem => ("Read-only file system", 30),
        _ => return HostError { message: error.to_string(), code: 5 },
    };
    HostError { message: message.to_string(), code }
}

fn bad<T>() -> HostResult<T> {
    Err(HostError { message: "Bad file descriptor".to_string(), code: 9 })
}

/// A path of a program's, as the volume has it.
pub fn path(name: &[u8]) -> PathBuf {
    let name = String::from_utf8_lossy(name);
    if !cfg!(target_os = "uefi") {
        return PathBuf::from(&*name);
    }
    let name = name.trim_start_matches("./").trim_start_matches('/');
    PathBuf::from(format!("\\{}", name.replace('/', "\\")))
}

impl Open {
    /// Opens a file in a mode of C's `fopen`.
    ///
    /// # Errors
    /// The volume's.
    pub fn new(name: &[u8], mode: &[u8]) -> HostResult<Open> {
        let path = path(name);
        let update = mode.contains(&b'+');
        let first = mode.first().copied().unwrap_or(b'r');
        let mut options = OpenOptions::new();
        options.read(true).write(update || first != b'r').create(first != b'r');
        if first == b'w' {
            // The firmware's files do not get shorter by being opened.
            match fs::remove_file(&path) {
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(error(&e)),
                _ => {}
            }
        }
        let file = options.open(&path).map_err(|e| error(&e))?;
        let source = FileSource::Path(name.to_vec());
        let file = Volume(file);
        Ok(Open {
            file,
            source,
            mode: mode.to_vec(),
            ahead: Vec::new(),
            taken: 0,
            behind: Vec::new(),
        })
    }

    fn reads(&self) -> bool {
        self.mode.first() == Some(&b'r') || self.mode.contains(&b'+')
    }

    fn writes(&self) -> bool {
        self.mode.first() != Some(&b'r') || self.mode.contains(&b'+')
    }

    /// Bytes that come next; empty at the end of the file.
    ///
    /// # Errors
    /// The file was opened for writing, or the disk fails.
    pub fn peek(&mut self) -> HostResult<&[u8]> {
        if !self.reads() {
            return bad();
        }
        self.flush()?;
        if self.taken == self.ahead.len() {
            self.ahead.resize(BUFFER, 0);
            self.taken = 0;
            let read = self.file.0.read(&mut self.ahead);
            self.ahead.truncate(*read.as_ref().unwrap_or(&0));
            read.map_err(|e| error(&e))?;
        }
        Ok(&self.ahead[self.taken..])
    }

    /// Takes so many of the bytes that come next.
    pub fn consume(&mut self, n: usize) {
        self.taken = (self.taken + n).min(self.ahead.len());
    }

    /// Writes, when there is enough.
    ///
    /// # Errors
    /// The file was opened for reading, or the disk is full or fails.
    pub fn write(&mut self, bytes: &[u8]) -> HostResult<()> {
        if !self.writes() {
            return bad();
        }
        self.forget_ahead()?;
        self.behind.extend_from_slice(bytes);
        if self.behind.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    /// Goes back to where the program is.
    fn forget_ahead(&mut self) -> HostResult<()> {
        let left = self.ahead.len() - self.taken;
        self.ahead.clear();
        self.taken = 0;
        if left > 0 {
            let back = SeekFrom::Current(-(left as i64));
            self.file.0.seek(back).map_err(|e| error(&e))?;
        }
        Ok(())
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// The disk is full or fails.
    pub fn flush(&mut self) -> HostResult<()> {
        if self.behind.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.behind);
        let write = |file: &mut File| {
            if self.mode.first() == Some(&b'a') {
                file.seek(SeekFrom::End(0))?;
            }
            file.write_all(&bytes)?;
            file.sync_all()
        };
        write(&mut self.file.0).map_err(|e| error(&e))
    }

    /// Moves; returns the new position.
    ///
    /// # Errors
    /// It would be before the beginning, or the disk fails.
    pub fn seek(&mut self, whence: Whence, offset: i64) -> HostResult<u64> {
        self.flush()?;
        self.forget_ahead()?;
        let invalid = || error(&io::Error::from(ErrorKind::InvalidInput));
        let from = match whence {
            Whence::Set => 0,
            Whence::Current => self.file.0.stream_position().map_err(|e| error(&e))?,
            Whence::End => self.file.0.seek(SeekFrom::End(0)).map_err(|e| error(&e))?,
        };
        let to = from.checked_add_signed(offset).ok_or_else(invalid)?;
        self.file.0.seek(SeekFrom::Start(to)).map_err(|e| error(&e))
    }

    /// What is saved with a program. Output is written first.
    ///
    /// # Errors
    /// The disk fails.
    pub fn state(&mut self, id: u64) -> HostResult<FileState> {
        let position = self.seek(Whence::Current, 0)?;
        let (source, mode) = (self.source.clone(), self.mode.clone());
        let id = FileId(id);
        Ok(FileState { id, source, mode, position, input: Vec::new(), buffering: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_behave_as_those_of_c() {
        let name = std::env::temp_dir().join(format!("luka-uefi-file-{}", std::process::id()));
        let name = name.to_str().unwrap().as_bytes();
        let contents = || fs::read(path(name)).unwrap();
        assert_eq!(Open::new(name, b"r").err().unwrap().code, 2);
        let mut file = Open::new(name, b"w").unwrap();
        file.write(b"hello world").unwrap();
        assert_eq!(file.peek().unwrap_err().code, 9);
        file.flush().unwrap();
        assert_eq!(contents(), b"hello world");
        let mut file = Open::new(name, b"r+").unwrap();
        assert_eq!(file.peek().unwrap(), b"hello world");
        file.consume(6);
        // Reads ahead are taken back.
        file.write(b"W").unwrap();
        assert_eq!(file.peek().unwrap(), b"orld");
        assert_eq!(file.seek(Whence::End, -4).unwrap(), 7);
        assert_eq!(file.state(7).unwrap().position, 7);
        assert_eq!(file.seek(Whence::Set, -1).unwrap_err().code, 22);
        let mut file = Open::new(name, b"a").unwrap();
        file.write(b"!").unwrap();
        file.flush().unwrap();
        assert_eq!(contents(), b"hello World!");
        assert_eq!(Open::new(name, b"rb").unwrap().write(b"x").unwrap_err().code, 9);
        drop(Open::new(name, b"w").unwrap());
        assert_eq!(contents(), b"");
        fs::remove_file(path(name)).unwrap();
    }
}

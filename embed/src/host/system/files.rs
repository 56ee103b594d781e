//! Files by name: opening, removing, temporary ones.

use luka_vm::host::{FileSource, HostResult};
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{Seek, SeekFrom};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::errors::host_error;
use super::stream::Stream;

/// A path as C sees it: up to the first zero byte.
pub fn path(bytes: &[u8]) -> &Path {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    Path::new(OsStr::from_bytes(&bytes[..end]))
}

/// `fopen`; the mode has been checked.
pub fn open(name: &[u8], mode: &[u8]) -> HostResult<Stream> {
    open_file(name, mode, true)
}

/// The same, but a file that is there already keeps its contents, and none is made where there is
/// none.
pub fn reopen(name: &[u8], mode: &[u8]) -> HostResult<Stream> {
    open_file(name, mode, false)
}

fn open_file(name: &[u8], mode: &[u8], new: bool) -> HostResult<Stream> {
    let plus = mode.contains(&b'+');
    let mut options = OpenOptions::new();
    let (readable, writable) = match mode.first() {
        Some(b'w') => {
            options.write(true).create(new).truncate(new).read(plus);
            (plus, true)
        }
        Some(b'a') => {
            options.append(true).create(new).read(plus);
            (plus, true)
        }
        _ => {
            options.read(true).write(plus);
            (true, plus)
        }
    };
    let mut file = options.open(path(name)).map_err(host_error)?;
    if mode.first() == Some(&b'a') && !plus {
        // As the C library: the position of a file opened for appending only is its end.
        let _ = file.seek(SeekFrom::End(0));
    }
    let mut stream = Stream::new(file, readable, writable);
    stream.source = Some(FileSource::Path(name.to_vec()));
    stream.mode = mode.to_vec();
    Ok(stream)
}

/// `remove`: a file, or an empty directory.
pub fn remove(name: &[u8]) -> HostResult<()> {
    let path = path(name);
    match std::fs::remove_file(path) {
        Err(_) if std::fs::symlink_metadata(path).is_ok_and(|m| m.is_dir()) => {
            std::fs::remove_dir(path).map_err(host_error)
        }
        result => result.map_err(host_error),
    }
}

/// A file of its own for the program, open for reading and writing, in `directory`.
fn create_unique(directory: &Path) -> std::io::Result<(File, PathBuf)> {
    let mut last = std::io::Error::from_raw_os_error(17);
    for _ in 0..100 {
        let path = directory.join(format!("lua_{}", random_letters()));
        let opened =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
        match opened {
            Ok(file) => return Ok((file, path)),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => last = e,
            Err(e) => return Err(e),
        }
    }
    Err(last)
}

fn random_letters() -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut bits = RandomState::new().build_hasher().finish();
    let mut out = String::new();
    for _ in 0..6 {
        out.push(LETTERS[(bits % LETTERS.len() as u64) as usize] as char);
        bits /= LETTERS.len() as u64;
    }
    out
}

/// The name of a new, empty file that no other program uses (`mkstemp` in `/tmp`).
pub fn tmpname() -> HostResult<Vec<u8>> {
    let (_, path) = create_unique(Path::new("/tmp")).map_err(host_error)?;
    Ok(path.into_os_string().into_vec())
}

/// A file without a name; it is gone when it is closed.
pub fn tmpfile() -> HostResult<Stream> {
    let (file, path) = create_unique(&std::env::temp_dir()).map_err(host_error)?;
    std::fs::remove_file(path).map_err(host_error)?;
    let mut stream = Stream::new(file, true, true);
    stream.source = Some(FileSource::Contents(Vec::new()));
    stream.mode = b"w+".to_vec();
    Ok(stream)
}

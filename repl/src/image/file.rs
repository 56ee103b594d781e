//! Image files. One is read whole and proved by its checksum; it is replaced whole, so that it is
//! either as before or as after at any moment:
//!
//! `luka session image\n` · u64 format · 32 bytes SHA-256 of the rest · text: the version of luka ·
//! [`Timeline`]

use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::timeline::Timeline;
use luka::toolchain::bytes::{Input, Out};

const MAGIC: &[u8] = b"luka session image\n";
const FORMAT: u64 = 1;
const SUM: usize = 32;

/// Why an image cannot be opened or written.
#[derive(Debug)]
pub enum ImageError {
    /// The file cannot be read or written.
    Io(io::Error),
    /// Another session has it.
    Locked,
    /// It is something else.
    Foreign,
    /// It is of a later version of luka, which it names.
    TooNew { format: u64 },
    /// It is not what was written.
    Damaged,
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImageError::Io(error) => {
                let copy = match error.raw_os_error() {
                    Some(code) => io::Error::from_raw_os_error(code),
                    None => io::Error::new(error.kind(), error.to_string()),
                };
                f.write_str(&luka::host::describe(copy).message)
            }
            ImageError::Locked => f.write_str("another session has it open"),
            ImageError::Foreign => f.write_str("it is not a session image of luka"),
            ImageError::TooNew { format } => write!(
                f,
                "a later version of luka has written it (format {format}; this one reads {FORMAT})"
            ),
            ImageError::Damaged => f.write_str("it is damaged"),
        }
    }
}

impl From<io::Error> for ImageError {
    fn from(error: io::Error) -> ImageError {
        ImageError::Io(error)
    }
}

/// An image file that this session has, and no other one.
pub struct ImageFile {
    path: PathBuf,
    _lock: Lock,
}

impl ImageFile {
    /// Takes an image, which may not exist yet, and reads it.
    ///
    /// # Errors
    /// See [`ImageError`]. The file is as it was.
    pub fn open(path: &Path) -> Result<(ImageFile, Option<Timeline>), ImageError> {
        // A link stays a link: the file it leads to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let lock = Lock::take(&beside(&path, ".lock")?)?.ok_or(ImageError::Locked)?;
        let timeline = match File::open(&path) {
            Ok(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                Some(decode(&bytes)?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        Ok((ImageFile { path, _lock: lock }, timeline))
    }

    /// Replaces the file: at any moment it is the old one or the new one, whatever ends the process
    /// or the machine.
    ///
    /// # Errors
    /// It cannot be written; it is as it was.
    pub fn write(&self, timeline: &Timeline) -> Result<(), ImageError> {
        Ok(replace(&self.path, &encode(timeline))?)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Whether a file is an image, or begins as one.
pub fn is_image(path: &Path) -> bool {
    let mut head = [0; MAGIC.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == *MAGIC
}

/// A hidden file in the folder of another one, named after it.
fn beside(path: &Path, ending: &str) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::IsADirectory))?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(ending);
    Ok(path.with_file_name(hidden))
}

/// Replaces a file: at any moment it is the old one or the new one, whatever ends the process or the
/// machine.
///
/// # Errors
/// It cannot be written; it is as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(path, ".new")?;
    let written = write_new(&new, path, bytes);
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

fn write_new(new: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(new)?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn encode(timeline: &Timeline) -> Vec<u8> {
    let mut body = Out::default();
    body.bytes(env!("CARGO_PKG_VERSION").as_bytes());
    timeline.write(&mut body);
    let mut out = Out::default();
    out.0.extend_from_slice(MAGIC);
    out.u64(FORMAT);
    out.0.extend_from_slice(&Sha256::digest(&body.0));
    out.0.append(&mut body.0);
    out.0
}

fn decode(bytes: &[u8]) -> Result<Timeline, ImageError> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        // One that is cut before its first line ends is one, too.
        let is_cut = !bytes.is_empty() && MAGIC.starts_with(bytes);
        return Err(if is_cut { ImageError::Damaged } else { ImageError::Foreign });
    };
    let mut input = Input(rest);
    match input.u64() {
        Some(FORMAT) => {}
        Some(format) if format > FORMAT => return Err(ImageError::TooNew { format }),
        _ => return Err(ImageError::Damaged),
    }
    let (sum, body) = input.0.split_at_checked(SUM).ok_or(ImageError::Damaged)?;
    if sum != Sha256::digest(body).as_slice() {
        return Err(ImageError::Damaged);
    }
    let mut input = Input(body);
    let timeline = input.text().and_then(|_version| Timeline::read(&mut input));
    timeline.filter(|_| input.end().is_some()).ok_or(ImageError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path =
                std::env::temp_dir().join(format!("luka-image-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn refused(path: &Path) -> String {
        ImageFile::open(path).err().expect("refused").to_string()
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = Folder::new("read");
        let path = folder.0.join("work.img");
        let (file, none) = ImageFile::open(&path).unwrap();
        assert!(none.is_none() && !path.exists());
        let mut timeline = Timeline::default();
        timeline.add("start", b"state");
        file.write(&timeline).unwrap();
        assert_eq!(refused(&path), "another session has it open");
        drop(file);
        let (file, read) = ImageFile::open(&path).unwrap();
        assert_eq!(
            read.unwrap().present().and_then(|state| state.bytes()),
            Some(b"state".to_vec())
        );
        drop(file);
        let left: Vec<_> = fs::read_dir(&folder.0).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn what_is_no_image_is_refused_and_stays() {
        let folder = Folder::new("refused");
        let path = folder.0.join("work.img");
        let mut timeline = Timeline::default();
        timeline.add("start", b"state");
        let whole = encode(&timeline);
        let mut newer = whole.clone();
        newer[MAGIC.len()] = 9;
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        let later = "a later version of luka has written it (format 9; this one reads 1)";
        for (bytes, message) in [
            (b"print(1)".to_vec(), "it is not a session image of luka"),
            (Vec::new(), "it is not a session image of luka"),
            (newer, later),
            (changed, "it is damaged"),
            (whole[..whole.len() - 1].to_vec(), "it is damaged"),
            (whole[..5].to_vec(), "it is damaged"),
            (whole[..MAGIC.len() + 3].to_vec(), "it is damaged"),
        ] {
            fs::write(&path, &bytes).unwrap();
            assert_eq!(refused(&path), message);
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(refused(&folder.0), "Is a directory");
        assert_eq!(refused(&folder.0.join("no/work.img")), "No such file or directory");
    }
}

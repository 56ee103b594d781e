//! Files by their names: folders, metadata, links, the current folder.

use luka_vm::host::{FileId, FileKind, Fs, HostError, HostResult, Lock, Metadata};
use nix::fcntl::{FcntlArg, fcntl};
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::System;
use super::errors::{INVALID, host_error, plain};
use super::files::path;

fn kind(file: fs::FileType) -> FileKind {
    match file {
        f if f.is_file() => FileKind::File,
        f if f.is_dir() => FileKind::Directory,
        f if f.is_symlink() => FileKind::Link,
        f if f.is_socket() => FileKind::Socket,
        f if f.is_fifo() => FileKind::Pipe,
        f if f.is_char_device() => FileKind::CharDevice,
        f if f.is_block_device() => FileKind::BlockDevice,
        _ => FileKind::Other,
    }
}

fn metadata(m: &fs::Metadata) -> Metadata {
    let time = |seconds: i64, nanoseconds: i64| seconds as f64 + nanoseconds as f64 / 1e9;
    Metadata {
        kind: kind(m.file_type()),
        size: m.size(),
        mode: m.mode() & 0o7777,
        dev: m.dev(),
        ino: m.ino(),
        nlink: m.nlink(),
        uid: m.uid(),
        gid: m.gid(),
        rdev: m.rdev(),
        accessed: time(m.atime(), m.atime_nsec()),
        modified: time(m.mtime(), m.mtime_nsec()),
        changed: time(m.ctime(), m.ctime_nsec()),
        blocks: m.blocks(),
        blksize: m.blksize(),
    }
}

/// A time in seconds since 1970; `None`: now.
fn moment(seconds: Option<f64>) -> HostResult<SystemTime> {
    let Some(seconds) = seconds else { return Ok(SystemTime::now()) };
    let distance = Duration::try_from_secs_f64(seconds.abs()).ok();
    let time = distance.and_then(|d| match seconds < 0.0 {
        true => UNIX_EPOCH.checked_sub(d),
        false => UNIX_EPOCH.checked_add(d),
    });
    time.ok_or_else(|| plain(INVALID, "Invalid argument"))
}

impl System {
    /// Paths that only name a place: of a link the link, of a folder the folder itself.
    fn check_entry(&self, path: &[u8], writes: bool) -> HostResult<()> {
        let access = if writes { &self.write } else { &self.read };
        let path = super::files::path(path);
        // (A path that ends in `..` names no entry, and may still lead to a folder that is given.)
        match access.allows_name(path) || (!writes && access.allows(path)) {
            true => Ok(()),
            false => Err(HostError::not_permitted()),
        }
    }

    /// The current folder is the process's: it belongs to who is given everything.
    fn check_whole(&self) -> HostResult<()> {
        if self.read.has_all() { Ok(()) } else { Err(HostError::not_permitted()) }
    }
}

impl Fs for System {
    fn metadata(&mut self, name: &[u8], follow: bool) -> HostResult<Metadata> {
        let found = if follow {
            self.check(name, true, false)?;
            fs::metadata(path(name))
        } else {
            self.check_entry(name, false)?;
            fs::symlink_metadata(path(name))
        };
        found.map(|m| metadata(&m)).map_err(host_error)
    }

    fn list(&mut self, name: &[u8]) -> HostResult<Vec<Vec<u8>>> {
        self.check(name, true, false)?;
        let entries = fs::read_dir(path(name)).map_err(host_error)?;
        let names = entries.map(|entry| entry.map(|e| e.file_name().into_vec()));
        let mut names = names.collect::<Result<Vec<_>, _>>().map_err(host_error)?;
        names.sort_unstable();
        Ok(names)
    }

    fn create_dir(&mut self, name: &[u8]) -> HostResult<()> {
        self.check_entry(name, true)?;
        fs::create_dir(path(name)).map_err(host_error)
    }

    fn remove_dir(&mut self, name: &[u8]) -> HostResult<()> {
        self.check_entry(name, true)?;
        fs::remove_dir(path(name)).map_err(host_error)
    }

    fn link(&mut self, target: &[u8], name: &[u8], symbolic: bool) -> HostResult<()> {
        self.check_entry(name, true)?;
        if symbolic {
            // What a link leads to is decided when it is followed.
            return std::os::unix::fs::symlink(path(target), path(name)).map_err(host_error);
        }
        self.check(target, true, true)?;
        fs::hard_link(path(target), path(name)).map_err(host_error)
    }

    fn read_link(&mut self, name: &[u8]) -> HostResult<Vec<u8>> {
        self.check_entry(name, false)?;
        let target = fs::read_link(path(name)).map_err(host_error)?;
        Ok(target.into_os_string().into_vec())
    }

    fn canonical(&mut self, name: &[u8]) -> HostResult<Vec<u8>> {
        self.check(name, true, false)?;
        let whole = path(name).canonicalize().map_err(host_error)?;
        Ok(whole.into_os_string().into_vec())
    }

    fn set_times(
        &mut self,
        name: &[u8],
        accessed: Option<f64>,
        modified: Option<f64>,
    ) -> HostResult<()> {
        self.check(name, false, true)?;
        let times =
            fs::FileTimes::new().set_accessed(moment(accessed)?).set_modified(moment(modified)?);
        let file = fs::File::open(path(name)).map_err(host_error)?;
        file.set_times(times).map_err(host_error)
    }

    fn set_mode(&mut self, name: &[u8], mode: u32) -> HostResult<()> {
        self.check(name, false, true)?;
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).map_err(host_error)
    }

    fn current_dir(&mut self) -> HostResult<Vec<u8>> {
        self.check(b".", true, false)?;
        let folder = std::env::current_dir().map_err(host_error)?;
        Ok(folder.into_os_string().into_vec())
    }

    fn set_current_dir(&mut self, name: &[u8]) -> HostResult<()> {
        self.check_whole()?;
        std::env::set_current_dir(path(name)).map_err(host_error)
    }

    fn lock(&mut self, file: FileId, lock: Lock, start: u64, length: u64) -> HostResult<()> {
        let stream = self.stream(file)?;
        stream.flush()?;
        let (start, length) = (i64::try_from(start), i64::try_from(length));
        let (Ok(start), Ok(length)) = (start, length) else {
            return Err(plain(INVALID, "Invalid argument"));
        };
        let wanted = nix::libc::flock {
            l_type: match lock {
                Lock::Shared => nix::libc::F_RDLCK,
                Lock::Exclusive => nix::libc::F_WRLCK,
                Lock::None => nix::libc::F_UNLCK,
            } as i16,
            l_whence: nix::libc::SEEK_SET as i16,
            l_start: start,
            l_len: length,
            l_pid: 0,
        };
        fcntl(stream.file(), FcntlArg::F_SETLK(&wanted))
            .map(drop)
            .map_err(|e| host_error(std::io::Error::from_raw_os_error(e as i32)))
    }
}

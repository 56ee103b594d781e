//! Files by their names: folders, what is known about files, links. Reading and writing them is the
//! [`Host`](super::Host)'s own.

use super::{FileId, HostResult};

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// A file with contents.
    File,
    /// A folder.
    Directory,
    /// A symbolic link.
    Link,
    /// A socket.
    Socket,
    /// A named pipe.
    Pipe,
    /// A character device.
    CharDevice,
    /// A block device.
    BlockDevice,
    /// Something else.
    Other,
}

/// What is known about a file (`struct stat`).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Metadata {
    /// What it is.
    pub kind: FileKind,
    /// Size in bytes.
    pub size: u64,
    /// The permission bits, as `chmod` has them.
    pub mode: u32,
    /// The device it is on.
    pub dev: u64,
    /// Its number there.
    pub ino: u64,
    /// How many names it has.
    pub nlink: u64,
    /// Number of its owner.
    pub uid: u32,
    /// Number of its group.
    pub gid: u32,
    /// The device it is.
    pub rdev: u64,
    /// Last access, in seconds since 1970-01-01 UTC, with a fraction.
    pub accessed: f64,
    /// Last change of its contents.
    pub modified: f64,
    /// Last change of what is known about it.
    pub changed: f64,
    /// Blocks of 512 bytes that it takes.
    pub blocks: u64,
    /// The size of blocks it is best read in.
    pub blksize: u64,
}

/// How a part of a file is locked (`fcntl`), against other processes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lock {
    /// Others may read.
    Shared,
    /// For this process alone.
    Exclusive,
    /// Not any more.
    None,
}

/// Files by their names, where a host offers them ([`Host::fs`](super::Host::fs)). A host may still
/// refuse single paths, with `EPERM`.
///
/// Paths are bytes, and relative ones are below the current folder. Nothing here follows the last link
/// of a path unless it says so.
pub trait Fs {
    /// What is known about a file; `follow`: of a link, about what it leads to.
    fn metadata(&mut self, path: &[u8], follow: bool) -> HostResult<Metadata>;
    /// The names in a folder, without `.` and `..`, in the order of their bytes.
    fn list(&mut self, path: &[u8]) -> HostResult<Vec<Vec<u8>>>;
    /// Makes a folder.
    fn create_dir(&mut self, path: &[u8]) -> HostResult<()>;
    /// Removes a folder, which is empty.
    fn remove_dir(&mut self, path: &[u8]) -> HostResult<()>;
    /// Makes another name for a file, or, if `symbolic`, a link with this text.
    fn link(&mut self, target: &[u8], path: &[u8], symbolic: bool) -> HostResult<()>;
    /// Where a symbolic link leads.
    fn read_link(&mut self, path: &[u8]) -> HostResult<Vec<u8>>;
    /// The absolute path without links of what a path leads to, which exists.
    fn canonical(&mut self, path: &[u8]) -> HostResult<Vec<u8>>;
    /// Sets the times of access and change; `None`: now. Follows links.
    fn set_times(
        &mut self,
        path: &[u8],
        accessed: Option<f64>,
        modified: Option<f64>,
    ) -> HostResult<()>;
    /// Sets the permission bits. Follows links.
    fn set_mode(&mut self, path: &[u8], mode: u32) -> HostResult<()>;
    /// The current folder.
    fn current_dir(&mut self) -> HostResult<Vec<u8>>;
    /// Goes to another one.
    fn set_current_dir(&mut self, path: &[u8]) -> HostResult<()>;
    /// Locks `length` bytes of an open file from `start` on (0: all that follow), or unlocks them.
    /// Fails where another process has a lock; does not wait.
    fn lock(&mut self, file: FileId, lock: Lock, start: u64, length: u64) -> HostResult<()>;
}

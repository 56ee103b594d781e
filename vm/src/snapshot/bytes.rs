//! Numbers and texts as bytes, least significant byte first.

use super::error::{SnapshotError, SnapshotErrorKind};
use super::format::Section;

/// The bytes of a section that is being written.
#[derive(Default)]
pub struct Out(
    /// What is written so far.
    pub Vec<u8>,
);

impl Out {
    /// A number, 1 byte.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn u8(&mut self, n: u8) {
        self.0.push(n);
    }
    /// A number, 2 bytes.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn u16(&mut self, n: u16) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }
    /// A number, 4 bytes.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn u32(&mut self, n: u32) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }
    /// A number, 8 bytes.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn u64(&mut self, n: u64) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }
    /// A size or a position; 8 bytes on every target.
    pub fn size(&mut self, n: usize) {
        self.u64(n as u64);
    }
    /// How many items follow, 4 bytes.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn count(&mut self, n: usize) {
        debug_assert!(u32::try_from(n).is_ok());
        self.u32(n as u32);
    }
    /// Bytes.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
    /// A count and as many bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }
    /// A name: at most 255 bytes, their number in one.
    pub fn name(&mut self, name: &str) {
        debug_assert!(name.len() <= 255);
        self.u8(name.len() as u8);
        self.raw(name.as_bytes());
    }
}

/// What reading comes to.
pub type Result<T> = std::result::Result<T, SnapshotError>;

/// The bytes of a section that is being read.
pub struct Input<'a> {
    section: Section,
    whole: usize,
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    /// The beginning of a section.
    pub fn new(section: Section, bytes: &'a [u8]) -> Input<'a> {
        Input { section, whole: bytes.len(), rest: bytes }
    }

    /// An error at this place.
    #[cold]
    #[inline(never)]
    pub fn fail(&self, kind: SnapshotErrorKind, message: impl Into<String>) -> SnapshotError {
        SnapshotError::at(kind, self.section, self.whole - self.rest.len(), message)
    }

    /// A rule of the format is broken here.
    #[cold]
    #[inline(never)]
    pub fn invalid(&self, message: impl Into<String>) -> SnapshotError {
        self.fail(SnapshotErrorKind::Invalid, message)
    }

    #[cold]
    #[inline(never)]
    fn ends(&self) -> SnapshotError {
        self.fail(SnapshotErrorKind::Damaged, "the section ends too early")
    }

    /// Bytes left.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    #[cfg_attr(not(luka_small), inline(always))]
    fn chunk<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.rest.split_first_chunk::<N>() {
            Some((chunk, rest)) => {
                self.rest = rest;
                Ok(*chunk)
            }
            None => Err(self.ends()),
        }
    }
    /// A number, 1 byte.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.chunk::<1>()?[0])
    }
    /// A number, 2 bytes.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.chunk()?))
    }
    /// A number, 4 bytes.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.chunk()?))
    }
    /// A number, 8 bytes.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.chunk()?))
    }
    /// A size below `limit`.
    pub fn size(&mut self, limit: usize) -> Result<usize> {
        let n = self.u64()?;
        match usize::try_from(n) {
            Ok(size) if size < limit => Ok(size),
            _ => Err(self.invalid(format!("{n} is too large here"))),
        }
    }
    /// A flag.
    pub fn bool(&mut self) -> Result<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            n => Err(self.invalid(format!("{n} is no flag"))),
        }
    }
    /// How many items of at least `bytes` bytes follow: no more than are left.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn count(&mut self, bytes: usize) -> Result<usize> {
        let n = self.u32()? as usize;
        if n > self.rest.len() / bytes.max(1) {
            return Err(self.ends());
        }
        Ok(n)
    }
    /// So many bytes.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn raw(&mut self, n: usize) -> Result<&'a [u8]> {
        match self.rest.split_at_checked(n) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(self.ends()),
        }
    }
    /// A count and as many bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let n = self.count(1)?;
        self.raw(n)
    }
    /// A name of at most 255 bytes.
    pub fn name(&mut self) -> Result<&'a str> {
        let n = self.u8()? as usize;
        let bytes = self.raw(n)?;
        std::str::from_utf8(bytes).map_err(|_| self.invalid("a name that is no UTF-8"))
    }
    /// The section must end here.
    pub fn finish(self) -> Result<()> {
        match self.rest.len() {
            0 => Ok(()),
            n => Err(self.invalid(format!("{n} bytes follow the end"))),
        }
    }
}

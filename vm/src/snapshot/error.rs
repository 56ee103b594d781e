//! Why bytes are no snapshot that this machine can go on from.

use super::format::Section;
use std::fmt;

/// Why a snapshot could not be restored: what is wrong with it, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SnapshotError {
    kind: SnapshotErrorKind,
    place: Option<(Section, usize)>,
    message: String,
}

/// The kinds of reasons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SnapshotErrorKind {
    /// The bytes are no snapshot at all.
    NotASnapshot,
    /// It was made by another version: of the format, of the instruction set.
    Version,
    /// It is cut off, or bytes of it have changed.
    Damaged,
    /// It breaks a rule of the format or of the machine.
    Invalid,
    /// It refers to a native, a type or a module that this host does not have.
    Missing,
    /// It needs more memory than the limit allows.
    Memory,
    /// A file or an object of the host's cannot be had again.
    Host,
}

impl SnapshotError {
    /// An error of the snapshot as a whole.
    pub fn new(kind: SnapshotErrorKind, message: impl Into<String>) -> SnapshotError {
        SnapshotError { kind, place: None, message: message.into() }
    }

    /// An error at a byte of a section.
    pub(crate) fn at(
        kind: SnapshotErrorKind,
        section: Section,
        offset: usize,
        message: impl Into<String>,
    ) -> SnapshotError {
        SnapshotError { kind, place: Some((section, offset)), message: message.into() }
    }

    /// What kind of reason it is.
    pub fn kind(&self) -> SnapshotErrorKind {
        self.kind
    }

    /// The name of the section and the offset in it, in bytes, where reading stopped; `None`: it
    /// concerns the snapshot as a whole, or a rule about several places.
    pub fn place(&self) -> Option<(&'static str, usize)> {
        self.place.map(|(section, offset)| (section.name(), offset))
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.place() {
            Some((section, offset)) => write!(f, " (section {section}, byte {offset})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SnapshotError {}

/// Why a machine cannot be saved: what it holds that is not in its heap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsavable {
    reasons: Vec<String>,
}

impl Unsavable {
    /// One reason for each thing.
    pub fn new(reasons: Vec<String>) -> Unsavable {
        Unsavable { reasons }
    }

    /// The reasons, each about one thing.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }
}

impl fmt::Display for Unsavable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the machine cannot be saved: {}", self.reasons.join("; "))
    }
}

impl std::error::Error for Unsavable {}

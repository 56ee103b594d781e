//! The layout of a snapshot: what all files of the folder agree on.

/// The parts of a snapshot, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Section {
    /// Versions, and how long each section is.
    Header = 0,
    /// Heads of blocks: which cells are in use, what is in them, how large it is.
    Blocks = 1,
    /// The bytes of strings.
    Strings = 2,
    /// Chunks and prototypes.
    Code = 3,
    /// What objects hold, in the order of cells.
    Objects = 4,
    /// The heap's numbers and lists.
    Heap = 5,
    /// The machine's own data.
    Machine = 6,
    /// What the host has granted.
    Limits = 7,
    /// What the host keeps beside the machine.
    Host = 8,
}

impl Section {
    /// The section's name in messages and in the documentation.
    pub fn name(self) -> &'static str {
        match self {
            Section::Header => "header",
            Section::Blocks => "blocks",
            Section::Strings => "strings",
            Section::Code => "code",
            Section::Objects => "objects",
            Section::Heap => "heap",
            Section::Machine => "machine",
            Section::Limits => "limits",
            Section::Host => "host",
        }
    }
}

//! The layout of a snapshot: what all files of the folder agree on. docs/snapshot-format.md tells it
//! in full.

use super::Snapshot;
use super::bytes::{Input, Out, Result};
use super::checksum::checksum;
use super::error::{SnapshotError, SnapshotErrorKind as Kind};
use luka_bytecode::image::ISA_HASH;

/// What a snapshot begins with.
pub const MAGIC: [u8; 9] = *b"\x1bLukaSnap";

/// The version of the format.
pub const VERSION: u16 = 1;

/// No object.
pub(super) const NONE: u32 = u32::MAX;
/// Set in references to large objects; the other bits are the object's position among them.
pub(super) const LARGE: u32 = 1 << 31;
/// A reference to a cell is the block's number above these bits and the cell's below.
pub(super) const CELL_BITS: u32 = 9;
/// Blocks a snapshot can have.
pub(super) const MAX_BLOCKS: usize = (1 << (31 - CELL_BITS)) - 1;

/// The flags that records of objects begin with; each kind has some of them.
pub(super) mod flag {
    /// The object has a serial number.
    pub const SERIAL: u8 = 1;
    /// It has a metatable.
    pub const META: u8 = 2;
    /// Tables: there is an array part; it lies in the table's cell.
    pub const ARRAY: u8 = 4;
    pub const ARRAY_INSIDE: u8 = 8;
    /// Tables: there is a hash part; it lies in the table's cell.
    pub const NODES: u8 = 16;
    pub const NODES_INSIDE: u8 = 32;
    /// Upvalues: the value is on a stack.
    pub const OPEN: u8 = 4;
    /// Userdata: the handle stands for an object of the host's.
    pub const HOST_OWNED: u8 = 4;
    /// Threads: there are faults.
    pub const FAULTS: u8 = 4;
    /// Threads: `coroutine.close` works on it; something has failed meanwhile.
    pub const CLOSING: u8 = 8;
    pub const CLOSE_FAILED: u8 = 16;
    /// Threads: a hook runs; the instruction traced last was a TFORPREP.
    pub const HOOK_ACTIVE: u8 = 32;
    pub const HOOK_IN_LOOP_HEAD: u8 = 64;
}

/// In place of a link's kind: the frame it was of is gone.
pub(super) const DEAD_LINK: u8 = 0xff;

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
    /// All but the header.
    pub(super) const ALL: [Section; SECTIONS] = [
        Section::Blocks,
        Section::Strings,
        Section::Code,
        Section::Objects,
        Section::Heap,
        Section::Machine,
        Section::Limits,
        Section::Host,
    ];

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

/// How many sections follow the header.
pub const SECTIONS: usize = 8;

/// Bytes of the header: magic, version, hash of the instruction set, length and checksum of each
/// section, checksum of all that.
pub const HEADER: usize = MAGIC.len() + 2 + 8 + SECTIONS * 16 + 8;

/// Fills in the header of a snapshot whose sections end at these places.
pub(super) fn seal(mut out: Out, ends: [usize; SECTIONS]) -> Vec<u8> {
    let mut header = Out(Vec::with_capacity(HEADER));
    header.raw(&MAGIC);
    header.u16(VERSION);
    header.u64(ISA_HASH);
    let mut from = HEADER;
    for end in ends {
        header.size(end - from);
        header.u64(checksum(&out.0[from..end]));
        from = end;
    }
    let sum = checksum(&header.0);
    header.u64(sum);
    out.0[..HEADER].copy_from_slice(&header.0);
    out.0
}

/// Puts right checksums after bytes of the sections have been changed; false if the header is no
/// snapshot's. For tools, and for tests of what is behind the checksums.
pub fn seal_again(bytes: &mut [u8]) -> bool {
    let mut from = HEADER;
    for section in 0..SECTIONS {
        let at = MAGIC.len() + 2 + 8 + 16 * section;
        let Some(len) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) else {
            return false;
        };
        let len = usize::try_from(u64::from_le_bytes(*len)).unwrap_or(usize::MAX);
        let Some(section) = bytes.get(from..).and_then(|rest| rest.get(..len)) else {
            return false;
        };
        let sum = checksum(section);
        bytes[at + 8..at + 16].copy_from_slice(&sum.to_le_bytes());
        from += len;
    }
    let sum = checksum(&bytes[..HEADER - 8]);
    bytes[HEADER - 8..HEADER].copy_from_slice(&sum.to_le_bytes());
    true
}

/// The lengths and checksums of the sections, by a header that is whole and of this version.
fn header(input: &mut Input, bytes: &[u8]) -> Result<([u64; SECTIONS], [u64; SECTIONS])> {
    if !bytes.starts_with(&MAGIC) {
        return Err(SnapshotError::new(Kind::NotASnapshot, "this is no snapshot of Luka"));
    }
    input.raw(MAGIC.len())?;
    let version = input.u16()?;
    if version != VERSION {
        return Err(SnapshotError::new(
            Kind::Version,
            format!(
                "the snapshot has format {version}, this program reads format {VERSION}: go on with \
                 it in the version that made it"
            ),
        ));
    }
    if input.u64()? != ISA_HASH {
        return Err(SnapshotError::new(
            Kind::Version,
            "the snapshot is of a build with another instruction set: go on with it in that build, \
             or run the program again in this one",
        ));
    }
    let mut sums = [0; SECTIONS];
    let mut lens = [0; SECTIONS];
    for (len, sum) in lens.iter_mut().zip(&mut sums) {
        (*len, *sum) = (input.u64()?, input.u64()?);
    }
    let sum = checksum(&bytes[..HEADER - 8]);
    if input.u64()? != sum {
        return Err(input.fail(Kind::Damaged, "the header is damaged"));
    }
    Ok((lens, sums))
}

/// How long the sections of a snapshot are, by its header alone, of [`HEADER`] bytes.
///
/// # Errors
/// It is no header of this version.
pub fn section_lengths(bytes: &[u8]) -> Result<[u64; SECTIONS]> {
    Ok(header(&mut Input::new(Section::Header, bytes), bytes)?.0)
}

/// Compares the bytes of a section with the checksum that a header has for it.
///
/// # Errors
/// They are others, or it is no header of this version.
pub fn check_section(header_bytes: &[u8], section: Section, bytes: &[u8]) -> Result<()> {
    let (_, sums) = header(&mut Input::new(Section::Header, header_bytes), header_bytes)?;
    compare(section, bytes, sums[section as usize - 1])
}

/// A snapshot taken apart, each section as long and as its checksum says.
pub(super) fn take_apart(bytes: &[u8]) -> Result<[&[u8]; SECTIONS]> {
    let mut input = Input::new(Section::Header, bytes);
    let (lens, sums) = header(&mut input, bytes)?;
    let found = sections(&mut input, lens)?;
    input.finish()?;
    for ((section, bytes), sum) in Section::ALL.into_iter().zip(found).zip(sums) {
        compare(section, bytes, sum)?;
    }
    Ok(found)
}

fn compare(section: Section, bytes: &[u8], sum: u64) -> Result<()> {
    if checksum(bytes) == sum {
        return Ok(());
    }
    let message = format!("the section {} is damaged", section.name());
    Err(SnapshotError::new(Kind::Damaged, message))
}

/// The sections of a snapshot that this process has made.
pub(super) fn split(snapshot: &Snapshot) -> Result<[&[u8]; SECTIONS]> {
    let mut header = Input::new(Section::Header, &snapshot.0);
    header.raw(MAGIC.len() + 2 + 8)?;
    let mut lens = [0; SECTIONS];
    for len in &mut lens {
        (*len, _) = (header.u64()?, header.u64()?);
    }
    header.u64()?;
    sections(&mut header, lens)
}

fn sections<'a>(input: &mut Input<'a>, lens: [u64; SECTIONS]) -> Result<[&'a [u8]; SECTIONS]> {
    let mut found: [&[u8]; SECTIONS] = [&[]; SECTIONS];
    for ((section, place), len) in Section::ALL.into_iter().zip(&mut found).zip(lens) {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        if len > input.left() {
            let message = format!("the snapshot ends inside the section {}", section.name());
            return Err(SnapshotError::new(Kind::Damaged, message));
        }
        *place = input.raw(len)?;
    }
    Ok(found)
}

/// The hash of a state: of all sections but those of limits and of the host.
pub(super) fn state_hash(bytes: &[u8]) -> u64 {
    let from = MAGIC.len() + 2;
    checksum(&bytes[from..from + 8 + 16 * (Section::Limits as usize - 1)])
}

/// Kinds of faults, and the words for what has a name.
pub(super) mod fault_kind {
    pub const INDEX: u8 = 0;
    pub const CALL: u8 = 1;
    pub const ARITHMETIC: u8 = 2;
    pub const BITWISE: u8 = 3;
    pub const NO_INTEGER: u8 = 4;
    pub const CONCAT: u8 = 5;
    pub const COMPARE: u8 = 6;
    pub const LENGTH: u8 = 7;
    pub const FOR_LOOP: u8 = 8;
    pub const FOR_STEP_ZERO: u8 = 9;
    pub const DIVIDE_BY_ZERO: u8 = 10;
    pub const MODULO_BY_ZERO: u8 = 11;
    pub const STRING_ARITHMETIC: u8 = 12;
    pub const NOT_CLOSABLE: u8 = 13;
    pub const NIL_KEY: u8 = 14;
    pub const NAN_KEY: u8 = 15;
    pub const CHAIN_TOO_LONG: u8 = 16;
    pub const STACK_OVERFLOW: u8 = 17;
    pub const C_STACK_OVERFLOW: u8 = 18;
    pub const BAD_ARGUMENT: u8 = 19;
    pub const MESSAGE: u8 = 20;
    pub const RAISED: u8 = 21;
    pub const MEMORY: u8 = 22;
    pub const IN_HANDLER: u8 = 23;

    /// What names are of ([`OwnedName::what`](crate::object::fault::OwnedName)).
    pub const NAMED: &[&str] = &[
        "local",
        "upvalue",
        "global",
        "field",
        "method",
        "constant",
        "metamethod",
        "for iterator",
        "hook",
    ];
}

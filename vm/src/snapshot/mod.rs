//! A machine as bytes: its state is written, and read again in another process.
//!
//! A snapshot is an image of the heap, cell by cell, garbage and the state of the collector
//! included: a machine that is restored does what the original would have done, to the byte and the
//! unit of fuel. docs/snapshot-format.md describes the bytes. Saving does not change the machine.
//!
//! # Who proves what
//! Bytes may come from a stranger. They become a machine in two steps, and nothing may run, collect
//! or look at the machine through the safe functions of other folders between them; it may only be
//! dropped.
//!
//! **The reader** ([`read`]) is total: it accepts or refuses any bytes without a panic, and takes no
//! memory for a count before it has compared it with the bytes left and the memory limit. In what it
//! returns,
//!
//! * *memory is true*: every block's `used` bits fit its count; each cell's kind fits the size of its
//!   class; every table part, stack, string, list of upvalues and buffer has exactly the length its
//!   object says, and parts lie inside a table's cell only where they fit. `asize`, `node_mask + 1`
//!   (a power of two), `size` of threads, `len` of strings and `extra` of functions are true.
//!   `Heap::bytes` is the sum of all of it. So a machine can be dropped safely.
//! * *references are true*: every reference of an object that is not garbage — fields, slots, nodes,
//!   upvalues, constants, lists of the heap, fields of the machine — is null where the field may be
//!   null, or refers to an object that exists, is of the kind the field asks for (a value's tag is
//!   its object's kind), and is not garbage (`Heap::is_dead`). The exceptions are lists of *weak*
//!   references, which say so in docs/snapshot-format.md. Objects that are garbage hold no
//!   references, and have no frames; they are there for their sizes.
//! * *values are values*: tags are those of values; [`tag::FRAME`](crate::value::tag) occurs in
//!   stacks only, `DEAD` in keys of nodes only.
//! * *enums are true*: every status, state, stage, kind and flag byte is one of its type's.
//! * *code is verified*: every prototype is part of a module that has passed the verifier, linked,
//!   with constants that equal the module's; `code` and `k` of closures are their prototype's. A
//!   closure has as many upvalues as its prototype, none of them null. *Not* proved: how closures
//!   and frames go with each other.
//! * *strings are interned*: every short string is in the string table, once; hashes are computed.
//!   Long strings have more than 40 bytes, short ones at most that.
//! * *natives are known*: `def` of native functions, links of kind `Native`, `Thread::then` and
//!   `Vm::pending` are natives of the registry; the latter three have a contract.
//! * *slots are on their stacks*: `base` and `top` of a thread and all slots in `tbc` are null or
//!   inside its stack, `2 <= base`; open upvalues point to slots of the stack of the thread whose
//!   list they are in, each is in one list once, and every upvalue in none is closed. *Not* proved:
//!   their order, or that they and `top` are where a frame allows it.
//! * *links are links*: for a slot with tag `FRAME`, the caller's base (the slot above it minus
//!   `delta`, a multiple of 16) is at least 2 and not above it. A payload that is an instruction
//!   ([`FrameKind::has_caller_pc`](crate::stack::FrameKind)) is null or an instruction of the Lua
//!   function in the slot two below the caller's base; so is `Thread::ip` of the function two below
//!   `Thread::base`. That of `Vararg` is in `2..=` the slot's number. *Not* proved: that links form
//!   chains, that their kinds, results and payloads fit the instruction and the frames.
//! * *derived data is derived*: hashes, `frame_bytes`, `exact_b`, header `flags` of tables (unknown),
//!   inline caches (cold), `Vm::tb`, `hooked`, `k` are computed and not read.
//! * *numbers fit*: fuel totals are not negative and far below overflow; sizes of the pacer are below
//!   2^48; indices into lists (`large_old`, `finalizers_old`, the sweep's) are at most the lengths.
//!
//! **The verifier** (`verify`) proves on the finished machine what relates one thing to another: chains
//! of frames and kinds of links, registers against the facts of the code, upvalues and to-be-closed
//! variables, threads and who resumed whom, node chains of tables, colours and lists of the
//! collector, contracts of continuations, buffers. It may rely on all of the above.
//!
//! # Files
//! * [`format`](mod@format) — the layout: magic, versions, sections; [`bytes`] — numbers and texts;
//!   [`checksum`]
//! * [`write`](mod@write) — a file for each section; [`read`] — their counterparts
//! * [`verify`](mod@verify) — the rules of machines, a file for each area
//! * [`error`] — why bytes are refused

pub mod bytes;
pub mod checksum;
pub mod error;
pub mod format;
mod read;
pub mod verify;
mod write;

pub use error::{SnapshotError, SnapshotErrorKind, Unsavable};
pub use read::{Setting, restore, restore_own};

/// What the host of a machine keeps beside it, of bytes of which nothing is proved but that they are a
/// whole snapshot.
///
/// # Errors
/// They are not.
pub fn host_section(bytes: &[u8]) -> Result<&[u8], SnapshotError> {
    Ok(format::take_apart(bytes)?[format::Section::Host as usize - 1])
}

/// The bytes of a machine's state.
#[derive(Clone, PartialEq, Eq)]
pub struct Snapshot(Vec<u8>);

impl Snapshot {
    /// A snapshot of a machine of this process whose bytes were kept elsewhere, or that was proved to be
    /// one ([`restore`]).
    pub fn of_own(bytes: Vec<u8>) -> Snapshot {
        Snapshot(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// What the host of the machine keeps beside it.
    pub fn host_section(&self) -> &[u8] {
        format::split(self).map_or(&[], |sections| sections[format::Section::Host as usize - 1])
    }

    /// A hash of the machine's state, what the host has granted and keeps beside it left out:
    /// machines with the same history, whatever the slices of their fuel, have the same.
    pub fn state_hash(&self) -> u64 {
        format::state_hash(&self.0)
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Snapshot({} bytes, {:016x})", self.0.len(), self.state_hash())
    }
}

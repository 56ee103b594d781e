//! The contract between compiler, virtual machine and tools.
//!
//! It defines the opcode table ([`ops`]) with what follows from its rows ([`semantics`],
//! [`effects`]), the encoding of an instruction ([`instr`]), modules and prototypes ([`proto`]) with
//! their strings ([`bytes`]), upvalues ([`upvalue_list`]) and lazily decoded debug information
//! ([`lazy_debug`]), a builder of bytecode ([`build`]), the binary format ([`image`]), assembly
//! ([`text`]) and the verifier ([`verify`]); beside that it sorts short lists ([`order`]). The crate has no dependencies and never touches the
//! operating system.

#![deny(unsafe_code)]
#![warn(missing_docs)]
// A new opcode, class, role or effect must not fall into an arm made for others.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod build;
pub mod bytes;
pub mod debug_info;
pub mod effects;
pub mod event;
pub mod image;
pub mod instr;
pub mod lazy_debug;
pub mod operand;
pub mod ops;
pub mod order;
pub mod proto;
pub mod reference;
pub mod reference_lua;
pub mod semantics;
pub mod text;
pub mod upvalue_list;
pub mod verify;

pub use bytes::Bytes;
pub use debug_info::{DebugInfo, LocalVar, Span};
pub use event::Event;
pub use instr::Instr;
pub use lazy_debug::{DebugCounts, LazyDebug};
pub use ops::{Flow, Op, OpInfo, Operand, Role};
pub use proto::{Constant, Module, Proto};
pub use semantics::{Class, Operator, Relation};
pub use upvalue_list::{UpvalueDesc, UpvalueKind, UpvalueList};
pub use verify::{Verified, VerifyError};

/// Longest string, in bytes, that is interned and may name a field in an instruction
/// (`LUAI_MAXSHORTLEN` of PUC Lua 5.4).
pub const MAX_SHORT_STRING: usize = 40;

/// Highest constant index that fits the 16-bit `Const` operand: the VM scales operands to byte
/// offsets (16 bytes a value). Constants beyond are loaded with `LOADK`.
pub const MAX_CONST_OPERAND: u32 = 4095;

/// Registers a frame may have, its two header slots not counted. The compiler refuses a function
/// where PUC Lua 5.4 does (255, `MAXREGS` in its `lcode.c`), but a call window is one slot longer
/// here, so calls nested in arguments need up to twice as many. Named variables stay below 255.
pub const MAX_REGISTERS: u32 = 510;

/// Slots between the called value's register and the first argument: the function itself and the
/// frame link that the VM writes there. A call window is `[f][link][arg 1][arg 2]…`.
pub const CALL_HEADER: u32 = 2;

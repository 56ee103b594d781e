//! The interpreter: stackless, one handler per opcode, all state in [`crate::vm::Vm`].
//!
//! * [`frame`] — frames and links on the VM stack
//! * [`link`] — the VM's copy of the code

pub mod frame;
pub mod link;

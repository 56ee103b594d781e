//! Metamethod events. The opcode table names them, so they are defined beside it.

pub use luka_bytecode::Event;

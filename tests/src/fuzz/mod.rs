//! Fuzzing the door for strangers' code: bytes, images and modules nobody compiled.
//!
//! What the decoder and the verifier let pass is run with little fuel and memory; it may do
//! anything but bring the machine down (docs/security.md). Everything is chosen by seeds: the same
//! seed is the same attempt on every machine.

pub mod change;
pub mod corpus;
pub mod debris;
pub mod generate;
pub mod machine;
pub mod objects;
pub mod seeds;

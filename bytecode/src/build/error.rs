//! What was wrong about the use of a builder.

use std::fmt;

/// The first misuse of a [`FunctionBuilder`](super::FunctionBuilder).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuildError {
    /// How many instructions the function had when it happened; `None` if it is about the function
    /// as a whole.
    pub pc: Option<u32>,
    /// What was wrong.
    pub message: String,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pc {
            Some(pc) => write!(f, "instruction {pc}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for BuildError {}

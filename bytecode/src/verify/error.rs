//! Why the verifier refused a module.

use std::fmt;

/// Why a module was refused. Displays as
/// `function 2 (line 12), instruction 17 (CALL): window ends at R9, the frame has 8 registers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// Index into `Module::protos`.
    pub proto: u32,
    /// Line where that function's definition starts; 0 if that is not known.
    pub line: u32,
    /// The instruction at fault, if it is one instruction's.
    pub pc: Option<u32>,
    /// Its mnemonic, or empty.
    pub mnemonic: &'static str,
    /// Which rule is broken.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "function {}", self.proto)?;
        if self.line > 0 {
            write!(f, " (line {})", self.line)?;
        }
        if let Some(pc) = self.pc {
            write!(f, ", instruction {pc}")?;
            if !self.mnemonic.is_empty() {
                write!(f, " ({})", self.mnemonic)?;
            }
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for VerifyError {}

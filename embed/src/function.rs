//! Handles of functions.

use crate::budget::Budget;
use crate::convert::{FromValues, IntoValues};
use crate::error::Result;
use crate::handle::Handle;
use crate::vm::Vm;

/// A function of a program or of the host.
#[derive(Clone, Debug)]
pub struct Function(Handle);

impl Function {
    pub(crate) fn from_handle(handle: Handle) -> Function {
        Function(handle)
    }
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    /// Calls the function and runs the machine until it returns: [`Vm::start`] and [`Vm::run`]
    /// without a limit.
    ///
    /// # Errors
    /// The function's error, one of the conversions, or
    /// [`Unfinished`](crate::ErrorKind::Unfinished) if it was interrupted, calls the host for an
    /// answer, or ends the program.
    pub fn call<R: FromValues>(&self, vm: &mut Vm, args: impl IntoValues) -> Result<R> {
        vm.start(self, args)?;
        vm.run(Budget::unlimited()).done()?.get(vm)
    }
}

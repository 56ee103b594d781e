//! Handles of functions.

use crate::budget::Budget;
use crate::convert::{FromValues, IntoValues};
use crate::cx::Cx;
use crate::error::Result;
use crate::handle::Handle;
use crate::vm::Vm;

/// A function of a program or of the host.
#[derive(Clone, Debug)]
pub struct Function(Handle);

/// How a library function is declared: for completion and help in a program of yours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Declaration {
    /// Its full name: `string.rep`.
    pub name: &'static str,
    /// How it is called: `string.rep(s, n [, sep]) -> string`.
    pub signature: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// A call whose result is not used has no effect.
    pub is_pure: bool,
}

impl Function {
    pub(crate) fn from_handle(handle: Handle) -> Function {
        Function(handle)
    }
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    /// How the function is declared, if it is one of a library.
    ///
    /// # Errors
    /// The handle is of another machine.
    pub fn declaration(&self, cx: &Cx) -> Result<Option<Declaration>> {
        let native = self.0.raw(cx)?.as_native().map(|f| f.native());
        Ok(native.filter(|native| !native.sig.is_empty()).map(|native| Declaration {
            name: native.name,
            signature: native.sig,
            doc: native.doc,
            is_pure: native.pure,
        }))
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

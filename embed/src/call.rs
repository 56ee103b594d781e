//! Calls between programs and the host: those a host answers later, and those a host function asks
//! the machine to make.

use crate::convert::{FromValues, IntoValues, Values};
use crate::cx::Cx;
use crate::error::Result;
use crate::function::Function;

/// Names one call of the host by a program of a machine; no two calls have the same name. A machine that
/// was restored has its own ([`Vm::waiting_call`](crate::Vm::waiting_call)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallId {
    pub(crate) machine: u64,
    pub(crate) number: u64,
}

impl CallId {
    /// The number, counted from 1 in each machine.
    pub fn number(self) -> u64 {
        self.number
    }
}

/// A program waits for the answer of a function that was registered with
/// [`RegistryBuilder::call`](crate::RegistryBuilder::call). It goes on after
/// [`Vm::answer`](crate::Vm::answer).
#[derive(Clone, Debug)]
pub struct HostCall {
    /// Which call it is.
    pub id: CallId,
    /// The function's registered name.
    pub name: &'static str,
    pub(crate) args: Values,
}

impl HostCall {
    /// The arguments as a type or a tuple of types.
    ///
    /// # Errors
    /// An argument is not of the type asked for.
    pub fn get<A: FromValues>(&self, cx: &Cx) -> Result<A> {
        self.args.get(cx)
    }

    /// The arguments as values.
    pub fn args(&self) -> &Values {
        &self.args
    }
}

/// What a host function wants to happen after it returns. The machine does it: no interpreter runs
/// while a host function is active.
#[derive(Debug)]
pub enum Next {
    /// Return these values.
    Return(Values),
    /// Call a function of the program, then go on in a named continuation.
    Call(Call),
}

/// A call that a host function asks for.
#[derive(Debug)]
pub struct Call {
    pub(crate) function: Function,
    pub(crate) args: Values,
    pub(crate) then: &'static str,
    pub(crate) state: Values,
}

impl Next {
    /// Calls `function` with `args`. Its results go to the continuation `then`, which was registered
    /// with [`RegistryBuilder::then`](crate::RegistryBuilder::then), together with `state`. Both
    /// lists become values of the program, so a paused call is plain data.
    ///
    /// # Errors
    /// An argument cannot be converted.
    pub fn call(
        cx: &Cx,
        function: Function,
        args: impl IntoValues,
        then: &'static str,
        state: impl IntoValues,
    ) -> Result<Next> {
        let (args, state) = (cx.values(args)?, cx.values(state)?);
        Ok(Next::Call(Call { function, args, then, state }))
    }

    /// Returns values.
    ///
    /// # Errors
    /// A value cannot be converted.
    pub fn values(cx: &Cx, values: impl IntoValues) -> Result<Next> {
        Ok(Next::Return(cx.values(values)?))
    }
}

//! Handles of functions.

use crate::budget::Budget;
use crate::convert::{FromLua, FromValues, IntoLua, IntoValues, inner, raw_of};
use crate::cx::Cx;
use crate::error::Result;
use crate::handle::Handle;
use crate::vm::Vm;
use luka_vm::function::dump::dump;
use luka_vm::{Gc, LuaFn, Native, Value as Raw};

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

impl Declaration {
    pub(crate) fn of(native: &'static Native) -> Declaration {
        let Native { name, sig, doc, pure, .. } = *native;
        Declaration { name, signature: sig, doc, is_pure: pure }
    }
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
        Ok(native.filter(|native| !native.sig.is_empty()).map(Declaration::of))
    }

    /// The function as an image, as `string.dump` makes it, for [`Chunk::image`](crate::Chunk::image);
    /// `None` for functions of the host and of libraries.
    ///
    /// # Errors
    /// The handle is of another machine.
    pub fn image(&self, cx: &Cx) -> Result<Option<Vec<u8>>> {
        Ok(self.closure(cx)?.map(|f| dump(f, false)))
    }

    /// How many variables of the functions around it a function of the language uses: its upvalues,
    /// which functions share. 0 for functions of the host and of libraries.
    ///
    /// # Errors
    /// The handle is of another machine.
    pub fn upvalue_count(&self, cx: &Cx) -> Result<usize> {
        Ok(self.closure(cx)?.map_or(0, |f| f.num_upvalues()))
    }

    /// The value of an upvalue, numbered from 0; nil if there is none.
    ///
    /// # Errors
    /// The value is not of the type asked for; the handle is of another machine.
    pub fn upvalue<V: FromLua>(&self, cx: &Cx, n: usize) -> Result<V> {
        let value = self.closure(cx)?.and_then(|f| f.upvalue(n));
        inner(value.unwrap_or(Raw::NIL), cx)
    }

    /// Sets an upvalue, for all functions that share it. Returns whether there is one.
    ///
    /// # Errors
    /// The value cannot be converted; a handle is of another machine.
    pub fn set_upvalue(&self, cx: &Cx, n: usize, value: impl IntoLua) -> Result<bool> {
        let value = raw_of(value, cx)?;
        let Some(f) = self.closure(cx)? else { return Ok(false) };
        Ok(cx.with(|machine| f.set_upvalue(&mut machine.heap, n, value)))
    }

    /// From now on the function's upvalue `n` is `other`'s upvalue `m`: both functions share one
    /// variable. Returns whether there are such upvalues.
    ///
    /// # Errors
    /// A handle is of another machine.
    pub fn join_upvalue(&self, cx: &Cx, n: usize, other: &Function, m: usize) -> Result<bool> {
        let (Some(f), Some(other)) = (self.closure(cx)?, other.closure(cx)?) else {
            return Ok(false);
        };
        Ok(cx.with(|machine| f.join(&mut machine.heap, n, other, m)))
    }

    fn closure(&self, cx: &Cx) -> Result<Option<Gc<LuaFn>>> {
        let f = self.0.raw(cx)?.as_lua_fn();
        // The library's own functions pass for natives.
        Ok(f.filter(|f| !f.proto().data().chunk.native))
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

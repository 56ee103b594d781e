//! Values on their way into Rust, before they are converted.

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::handle::Releases;
use crate::value::{Type, Value};
use luka_vm::Value as Raw;
use std::marker::PhantomData;
use std::sync::Arc;

/// A borrowed value: what [`FromLua`](crate::FromLua) converts. It is valid while the machine does
/// not run; [`Arg::value`] makes an owned one of it.
#[derive(Clone)]
pub struct Arg<'a> {
    raw: Raw,
    owner: Arc<Releases>,
    life: PhantomData<&'a ()>,
}

impl<'a> Arg<'a> {
    pub(crate) fn new(raw: Raw, owner: Arc<Releases>) -> Arg<'a> {
        Arg { raw, owner, life: PhantomData }
    }

    /// The value, to make handles of it in this machine.
    ///
    /// # Errors
    /// It is of another machine.
    pub(crate) fn raw(&self, cx: &Cx) -> Result<Raw> {
        if !Arc::ptr_eq(&self.owner, &cx.releases()) {
            return Err(Error::foreign());
        }
        Ok(self.raw)
    }

    /// The basic type.
    pub fn type_of(&self) -> Type {
        Type::of(self.raw)
    }

    /// Whether it is nil, or no value at all.
    pub fn is_nil(&self) -> bool {
        self.raw.is_nil()
    }

    /// A boolean.
    pub fn as_bool(&self) -> Option<bool> {
        self.raw.as_bool()
    }

    /// An integer: also a float or a string with an exact integer value, as the library takes them.
    pub fn as_integer(&self) -> Option<i64> {
        self.raw.to_number()?.to_int_exact()
    }

    /// A float: also an integer or a string that spells a number.
    pub fn as_number(&self) -> Option<f64> {
        let n = self.raw.to_number()?;
        n.as_float().or_else(|| n.as_int().map(|n| n as f64))
    }

    /// The bytes of a string. Numbers are no strings here.
    pub fn as_bytes(&self) -> Option<&'a [u8]> {
        // The string lives while the machine does not run, as `'a` says.
        self.raw.as_str().map(|s| s.bytes())
    }

    /// A number as the language writes it, for conversions to strings.
    pub(crate) fn number_text(&self) -> Option<Vec<u8>> {
        self.raw.is_number().then(|| crate::error::message_of(self.raw))
    }

    /// The value, owned.
    ///
    /// # Errors
    /// It is of another machine, or the memory limit is passed.
    pub fn value(&self, cx: &Cx) -> Result<Value> {
        cx.reserve_handles(1)?;
        Ok(Value::from_raw(cx, self.raw(cx)?))
    }

    /// The error that it is not what was expected: "string expected, got nil".
    pub fn expected(&self, what: &str) -> Error {
        let got = match self.raw.as_userdata() {
            Some(u) => u.type_name,
            None => self.type_of().name(),
        };
        Error::conversion(format!("{what} expected, got {got}"))
    }
}

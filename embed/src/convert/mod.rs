//! Conversions between values of programs and of Rust.
//!
//! * [`FromLua`], [`IntoLua`] — one value
//! * [`FromValues`], [`IntoValues`] — lists of them: arguments and results, as tuples

mod arg;
mod from;
mod into;
mod values;

pub use arg::Arg;
pub use from::FromLua;
pub use into::{IntoLua, RawValue};
pub use values::{FromValues, IntoNext, IntoValues, ValueList, ValueStack, Values};

use crate::cx::Cx;
use crate::error::Result;
use luka_vm::Value as Raw;

/// Strings of any bytes, where a `Vec<u8>` would be a list of numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Bytes(pub Vec<u8>);

/// The raw value of anything.
pub(crate) fn raw_of(value: impl IntoLua, cx: &Cx) -> Result<Raw> {
    let mut cx = cx.again();
    value.into_raw(&mut cx).map(|raw| raw.0)
}

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
use crate::error::{Error, Result};
use luka_vm::Value as Raw;

/// Strings of any bytes, where a `Vec<u8>` would be a list of numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Bytes(pub Vec<u8>);

/// How deep values may nest that are converted: tables can contain themselves.
pub(crate) const DEPTH: u32 = 128;

/// Converts a value that was found in another one.
///
/// # Errors
/// Those of the conversion, or it is nested too deep.
pub(crate) fn inner<V: FromLua>(raw: Raw, cx: &Cx) -> Result<V> {
    /// A level of nesting, left even by a panic.
    struct Level<'a, 'vm>(&'a Cx<'vm>);
    impl Drop for Level<'_, '_> {
        fn drop(&mut self) {
            self.0.with_state(|state| state.depth -= 1);
        }
    }
    let depth = cx.with_state(|state| {
        state.depth += 1;
        state.depth
    });
    let _level = Level(cx);
    if depth > DEPTH {
        return Err(Error::too_deep());
    }
    V::from_lua(cx.arg(raw), cx)
}

/// The raw value of anything.
pub(crate) fn raw_of(value: impl IntoLua, cx: &Cx) -> Result<Raw> {
    let mut cx = cx.again();
    value.into_raw(&mut cx).map(|raw| raw.0)
}

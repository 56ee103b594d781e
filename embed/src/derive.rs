//! What derived conversions call.

use crate::convert::{Arg, FromLua};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::table::Table;

/// A field of a table; the error names it.
///
/// # Errors
/// The value is not of the field's type.
pub fn field<V: FromLua>(table: &Table, cx: &Cx, name: &str) -> Result<V> {
    table.get(cx, name).map_err(|error| error.inside(&format!("field '{name}'")))
}

/// An item of a list; the error names it.
///
/// # Errors
/// The value is not of the item's type.
pub fn item<V: FromLua>(table: &Table, cx: &Cx, index: i64) -> Result<V> {
    table.get(cx, index).map_err(|error| error.inside(&format!("item {index}")))
}

/// The error that a value names no variant.
pub fn unknown_variant(value: &Arg<'_>, expected: &str) -> Error {
    match value.as_bytes() {
        Some(name) => {
            let name = String::from_utf8_lossy(name);
            Error::conversion(format!("{expected} expected, got '{name}'"))
        }
        None => value.expected(expected),
    }
}

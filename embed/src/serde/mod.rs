//! Conversions of anything that serde knows: structs and maps are tables with string keys, sequences
//! and tuples are lists, unit variants are strings, other variants tables with one field.

mod from_value;
mod to_value;

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::value::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Cx<'_> {
    /// A value of anything that can be serialized.
    ///
    /// # Errors
    /// It cannot be represented (an integer beyond 64 bits, nesting deeper than 128 levels), or the
    /// memory limit is passed.
    pub fn to_value<T: Serialize + ?Sized>(&self, value: &T) -> Result<Value> {
        value.serialize(to_value::Serializer::new(self))
    }
}

impl Value {
    /// The value as anything that can be deserialized.
    ///
    /// # Errors
    /// It has another shape, contains functions or the like, nests deeper than 128 levels, or is of
    /// another machine.
    pub fn to<T: DeserializeOwned>(&self, cx: &Cx) -> Result<T> {
        T::deserialize(from_value::Deserializer::new(cx, self.clone()))
    }
}

impl serde::ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Error {
        Error::conversion(message.to_string())
    }
}

impl serde::de::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Error {
        Error::conversion(message.to_string())
    }
}

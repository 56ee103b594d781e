//! Handles of strings.

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::handle::Handle;

/// A string of a program: any bytes.
#[derive(Clone, Debug)]
pub struct Str(Handle);

impl Str {
    pub(crate) fn from_handle(handle: Handle) -> Str {
        Str(handle)
    }
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    /// The bytes.
    ///
    /// # Errors
    /// The handle is of another machine.
    pub fn bytes<'a>(&self, cx: &'a Cx) -> Result<&'a [u8]> {
        // A string lives until a collection after its last handle; while the context is borrowed
        // nothing is collected.
        let raw = self.0.raw(cx)?;
        Ok(raw.as_str().map_or(&[], |s| s.bytes()))
    }

    /// The text.
    ///
    /// # Errors
    /// The handle is of another machine, or the bytes are not UTF-8.
    pub fn text<'a>(&self, cx: &'a Cx) -> Result<&'a str> {
        std::str::from_utf8(self.bytes(cx)?)
            .map_err(|_| Error::conversion("the string is not valid UTF-8"))
    }
}

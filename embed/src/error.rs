//! Errors: of programs, of conversions, of using the crate wrongly.

use crate::convert::DEPTH;
use crate::cx::{Cx, Shareable};
use crate::value::Value;
use luka_vm::Value as Raw;
use std::fmt;

/// What functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of error it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A program raised it: `error`, a failed operation, a host function's error.
    Runtime,
    /// A text is not a program.
    Syntax,
    /// The memory limit is passed.
    Memory,
    /// A value is not of the type that was asked for.
    Conversion,
    /// A handle is of another machine.
    ForeignHandle,
    /// An object or a machine is in use, or in a state in which this cannot be done.
    Busy,
    /// A host function panicked.
    Panic,
    /// The program used up its budget, was interrupted, waits for an answer or ended itself where a
    /// result was asked for.
    Unfinished,
    /// Something of the host's failed: files, parsing, whatever a host function reports.
    Host,
}

/// One active function when an error happened, the innermost first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Level {
    /// What it is: `function 'f'`, `main chunk`.
    pub function: String,
    /// The chunk's name as messages show it, and the line from 1; `None` for host functions.
    pub place: Option<(String, u32)>,
}

/// An error: what happened, and for errors of programs where.
#[derive(Clone)]
pub struct Error(Box<ErrorData>);

#[derive(Clone)]
pub(crate) struct ErrorData {
    pub(crate) kind: ErrorKind,
    pub(crate) message: Vec<u8>,
    pub(crate) value: Option<Shareable>,
    pub(crate) levels: Vec<Level>,
    /// What the report has below the message.
    pub(crate) details: Vec<u8>,
    /// The levels as `debug.traceback` writes them.
    pub(crate) traceback: Vec<u8>,
    /// Which of several values a conversion failed on.
    pub(crate) number: Option<usize>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<Vec<u8>>) -> Error {
        let message = message.into();
        Error(Box::new(ErrorData {
            kind,
            message,
            value: None,
            levels: Vec::new(),
            details: Vec::new(),
            traceback: Vec::new(),
            number: None,
        }))
    }

    pub(crate) fn from_data(data: ErrorData) -> Error {
        Error(Box::new(data))
    }

    /// An error with a message, as host functions raise it: the program sees the message with the
    /// position of the call in front.
    pub fn msg(message: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Host, message.to_string())
    }

    /// An error of the host's, with its text as message.
    pub fn host(error: impl fmt::Display) -> Error {
        Error::msg(error)
    }

    /// An error whose value programs see as it is (a table, say), without a position.
    pub fn with_value(value: Value) -> Error {
        let mut error = Error::new(ErrorKind::Runtime, "(error object is not a string)");
        error.0.value = Some(Shareable::new(value));
        error
    }

    /// An error that userdata which cannot be saved reports.
    pub fn unsavable() -> Error {
        Error::new(ErrorKind::Host, "this type of userdata cannot be saved")
    }

    pub(crate) fn runtime(message: impl Into<Vec<u8>>) -> Error {
        Error::new(ErrorKind::Runtime, message)
    }
    pub(crate) fn syntax(message: impl Into<Vec<u8>>) -> Error {
        Error::new(ErrorKind::Syntax, message)
    }
    pub(crate) fn memory() -> Error {
        Error::new(ErrorKind::Memory, "not enough memory")
    }
    pub(crate) fn conversion(message: impl Into<Vec<u8>>) -> Error {
        Error::new(ErrorKind::Conversion, message)
    }
    pub(crate) fn foreign() -> Error {
        Error::new(ErrorKind::ForeignHandle, "the handle belongs to another machine")
    }
    pub(crate) fn busy(message: &str) -> Error {
        Error::new(ErrorKind::Busy, message)
    }
    pub(crate) fn borrowed() -> Error {
        Error::busy("the object is in use")
    }
    pub(crate) fn gone() -> Error {
        Error::busy("the object is gone")
    }
    pub(crate) fn too_deep() -> Error {
        Error::conversion(format!("values nest deeper than {DEPTH} levels"))
    }
    pub(crate) fn panic(message: String) -> Error {
        Error::new(ErrorKind::Panic, message)
    }
    pub(crate) fn unfinished(message: impl Into<Vec<u8>>) -> Error {
        Error::new(ErrorKind::Unfinished, message)
    }

    /// The error with this value of a program.
    pub(crate) fn of_value(cx: &Cx, raw: Raw) -> Error {
        let message = message_of(raw);
        let kind =
            if message == b"not enough memory" { ErrorKind::Memory } else { ErrorKind::Runtime };
        let mut error = Error::new(kind, message);
        error.0.value = Some(Shareable::new(Value::from_raw(cx, raw)));
        error
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message: for errors of programs the error value if it is a string, any bytes; for other
    /// values what their `__tostring` returns, or a description.
    pub fn message(&self) -> &[u8] {
        &self.0.message
    }

    /// The value a program raised; `None` for errors that no program has raised.
    pub fn value(&self) -> Option<&Value> {
        self.0.value.as_ref().map(Shareable::get)
    }

    /// The functions that were active when the error happened, the innermost first; empty if no
    /// program was running. Of a deep stack the middle is left out.
    pub fn levels(&self) -> &[Level] {
        &self.0.levels
    }

    /// The message, and below it what is known besides: for errors of the compiler the lines of the
    /// source with the fault marked, for errors of programs the line, what is wrong with its values,
    /// and the traceback.
    pub fn report(&self) -> String {
        let mut text = self.to_string();
        if !self.0.details.is_empty() {
            text.push('\n');
            text.push_str(&String::from_utf8_lossy(&self.0.details));
        }
        text
    }

    /// The report without the message, any bytes; empty if there is no more than that: an object
    /// whose `__tostring` is the message stands for itself.
    pub fn details(&self) -> &[u8] {
        &self.0.details
    }

    /// The functions that were active, as `debug.traceback` writes them; empty where
    /// [`Error::details`] is.
    pub fn traceback(&self) -> &[u8] {
        &self.0.traceback
    }

    /// An error of a conversion, for the `n`-th of several values (from 1): host functions word it
    /// as the library does.
    pub(crate) fn numbered(mut self, n: usize) -> Error {
        if self.0.kind == ErrorKind::Conversion && self.0.number.is_none() {
            self.0.number = Some(n);
        }
        self
    }

    /// A conversion error with the part of the value that it is about.
    #[cfg(feature = "derive")]
    pub(crate) fn inside(mut self, part: &str) -> Error {
        if self.0.kind == ErrorKind::Conversion {
            self.0.message = [part.as_bytes(), b": ", &self.0.message].concat();
        }
        self
    }

    /// Which of several values could not be converted, from 1.
    pub(crate) fn number(&self) -> Option<usize> {
        self.0.number
    }

    pub(crate) fn with_details(mut self, details: impl Into<Vec<u8>>) -> Error {
        self.0.details = details.into();
        self
    }
}

/// The message of an error value.
pub(crate) fn message_of(raw: Raw) -> Vec<u8> {
    if let Some(s) = raw.as_str() {
        return s.bytes().to_vec();
    }
    if raw.is_number() {
        let mut text = Vec::new();
        luka_vm::value::format::write_number(raw, &mut text);
        return text;
    }
    format!("(error object is a {} value)", raw.type_of().name()).into_bytes()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0.message))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}

macro_rules! from_errors {
    ($($type:ty),* $(,)?) => { $(
        impl From<$type> for Error {
            fn from(error: $type) -> Error {
                Error::host(error)
            }
        }
    )* };
}
from_errors! {
    std::io::Error, std::str::Utf8Error, std::string::FromUtf8Error, std::num::ParseIntError,
    std::num::ParseFloatError, std::num::TryFromIntError, std::array::TryFromSliceError,
    std::fmt::Error, Box<dyn std::error::Error>, Box<dyn std::error::Error + Send + Sync>,
    String, &str,
}

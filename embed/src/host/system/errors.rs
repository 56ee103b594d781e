//! Failures of the operating system in the C library's words.

use luka_vm::host::HostError;
use std::io;

/// `EBADF`: a stream that is closed or was opened for the other direction.
pub const BAD_DESCRIPTOR: i64 = 9;
/// `EINVAL`.
pub const INVALID: i64 = 22;

/// `strerror`'s text and number of an error.
pub fn host_error(error: io::Error) -> HostError {
    let code = error.raw_os_error().map_or(INVALID, i64::from);
    let mut message = error.to_string();
    if let Some(at) = message.rfind(" (os error ") {
        message.truncate(at);
    }
    if error.raw_os_error().is_none() && error.kind() == io::ErrorKind::InvalidInput {
        message = "Invalid argument".to_string();
    }
    HostError { message, code }
}

/// An error made here rather than by the operating system.
pub fn plain(code: i64, message: &str) -> HostError {
    HostError { message: message.to_string(), code }
}

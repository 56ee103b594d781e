//! The report of an error nobody caught, for standard error.

use luka_report::report_error;
use luka_vm::{Value, Vm};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::style;

/// A report and the text programs see in its stead.
pub struct HandledError {
    /// What the message handler returned.
    pub text: Vec<u8>,
    /// What people see.
    pub report: Vec<u8>,
}

/// The report of an error; to be called by the message handler, every frame still there.
pub fn report(vm: &Vm, error: Value, message: &[u8]) -> Vec<u8> {
    let file = |path: &[u8]| std::fs::read(OsStr::from_bytes(path)).ok();
    report_error(vm, error, message, 1, &file).render(style())
}

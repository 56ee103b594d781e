//! Reports for people, made from data: diagnostics of the compiler and errors of running programs,
//! with the source lines they are about. The command line, editors, debuggers, programs that embed
//! the language and browsers share it, so it touches no operating system: whoever asks for a report
//! gives the sources and chooses the [`Style`].
//!
//! * [`render()`] — a diagnostic as text
//! * [`run_time`] — the report of an error of a running program, as data and as text
//! * [`Style`] — colour and width

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod render;
pub mod run_time;
mod style;

pub use render::{render, render_all, without_heading};
pub use run_time::{ErrorReport, Outside, brief, report_error};
pub use style::Style;

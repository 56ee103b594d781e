//! Reports for people, made from data: diagnostics of the compiler with the source lines they are
//! about. The command line, editors, debuggers, programs that embed the language and browsers
//! share it, so it touches no operating system: whoever asks for a report gives the source and
//! chooses the [`Style`].
//!
//! * [`render`] — a diagnostic as text
//! * [`style`] — colour and width

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod render;
pub mod style;

pub use render::{render, render_all};
pub use style::Style;

//! Colours of the screen.

use crate::report::colour_on;
use std::io::IsTerminal;

/// How text is coloured: not at all, where nobody sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paint(pub bool);

impl Paint {
    /// That of standard output.
    pub fn of_output() -> Paint {
        Paint(colour_on(std::io::stdout().is_terminal()))
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_string()
        }
    }

    /// A place in a source.
    pub fn place(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What is current: a line, a frame.
    pub fn current(self, text: &str) -> String {
        self.with("1;36", text)
    }

    /// What is beside the point: line numbers, comments.
    pub fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    /// Why the program has stopped.
    pub fn reason(self, text: &str) -> String {
        self.with("33", text)
    }

    /// An error.
    pub fn error(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// What has another value than at the last stop.
    pub fn changed(self, text: &str) -> String {
        self.with("32", text)
    }
}

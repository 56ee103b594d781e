//! Errors for people: PUC's message first, then the source line with the fault underlined.
//!
//! Where they go, and whether they are coloured. What they say is made by `luka-report`.

use luka::Vm;
use luka::host::FileId;
use luka_report::Style;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU8, Ordering};

pub const STDERR: FileId = FileId(2);

/// Writes to standard error; there is nowhere to report a failure to.
pub fn complain(vm: &mut Vm, text: &[u8]) {
    let _ = vm.host().write(STDERR, text);
    let _ = vm.host().flush(STDERR);
}

/// When reports are coloured (`--color`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    Always,
    Never,
}

/// What the command line said, for the whole process.
static COLOR: AtomicU8 = AtomicU8::new(Color::Auto as u8);

impl Color {
    /// `auto`, `always`, `never`.
    pub fn parse(text: &str) -> Option<Color> {
        match text {
            "auto" => Some(Color::Auto),
            "always" => Some(Color::Always),
            "never" => Some(Color::Never),
            _ => None,
        }
    }

    /// Makes it the choice of the process.
    pub fn choose(self) {
        COLOR.store(self as u8, Ordering::Relaxed);
    }
}

/// How reports on standard error look.
pub fn style() -> Style {
    Style::with_color(colour_on(std::io::stderr().is_terminal()))
}

/// Whether output is coloured that goes to a terminal or not.
pub fn colour_on(terminal: bool) -> bool {
    match COLOR.load(Ordering::Relaxed) {
        c if c == Color::Always as u8 => true,
        c if c == Color::Never as u8 => false,
        _ => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            terminal && !refused && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// What was chosen, as it is written.
pub fn chosen() -> &'static str {
    match COLOR.load(Ordering::Relaxed) {
        c if c == Color::Always as u8 => "always",
        c if c == Color::Never as u8 => "never",
        _ => "auto",
    }
}

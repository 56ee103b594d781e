//! The table of diagnostic codes. Each row has a number, a name, a severity, a title of one line,
//! an explanation of a few sentences, a wrong example and the same fixed. `luka explain` prints
//! rows, docs/diagnostics.md is made of them, and every example is a test: the wrong one is given
//! the code, the fixed one nothing.
//!
//! A room appends to its own file; numbers never change their meaning and are never used again.
//!
//! | numbers | room |
//! |---|---|
//! | L00xx | reading characters (`lex`) |
//! | L01xx | the grammar (`syntax`) |
//! | L02xx | lints: what is legal and probably not meant (`lints`) |
//! | L03xx | names, scopes and jumps (`names`) |
//! | L04xx | limits of the compiler (`limits`) |
//! | L05xx | a program running (`runtime`) |
//! | L06xx | Luka's extensions (`extensions`) |
//! | L07xx | the assembler (`assembly`), whose examples are assembly |

mod assembly;
mod extensions;
mod lex;
mod limits;
mod lints;
mod names;
mod runtime;
mod syntax;

use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    /// `error`, `warning`, `note`.
    pub const fn text(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// What a diagnostic is about; its row is [`Code::row`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    pub code: Code,
    /// The name in the source of the compiler.
    pub name: &'static str,
    pub severity: Severity,
    /// One line without a full stop.
    pub title: &'static str,
    /// Some sentences: why this is refused or suspicious, and what to do.
    pub about: &'static str,
    /// A text that is given the code, and the same fixed; empty where no small text does it.
    pub wrong: &'static str,
    pub fixed: &'static str,
}

/// The rows of one room: `number Name Severity "title" "explanation" { "wrong" => "fixed" }`,
/// the examples in braces left empty where no small text gives the code.
macro_rules! codes {
    ($($number:literal $name:ident $severity:ident $title:literal $about:literal
        { $($wrong:literal => $fixed:literal)? })*) => {
        #[allow(non_upper_case_globals, reason = "codes read like the variants of an enum")]
        impl super::Code { $(#[doc = $title] pub const $name: super::Code = super::Code($number);)* }

        pub(super) const ROWS: &[super::Row] = &[$(super::Row {
            code: super::Code::$name,
            name: stringify!($name),
            severity: super::Severity::$severity,
            title: $title,
            about: $about,
            wrong: concat!($($wrong)?),
            fixed: concat!($($fixed)?),
        },)*];
    };
}
use codes;

/// All rooms, in order of number.
const ROOMS: &[&[Row]] = &[
    lex::ROWS,
    syntax::ROWS,
    lints::ROWS,
    names::ROWS,
    limits::ROWS,
    runtime::ROWS,
    extensions::ROWS,
    assembly::ROWS,
];

/// A row for codes that are in no table; none is made.
const UNKNOWN: Row = Row {
    code: Code(0),
    name: "Unknown",
    severity: Severity::Error,
    title: "an unknown code",
    about: "",
    wrong: "",
    fixed: "",
};

impl Code {
    /// Every row, in order of number.
    pub fn rows() -> impl Iterator<Item = &'static Row> {
        ROOMS.iter().copied().flatten()
    }

    /// The code's row of the table.
    pub fn row(self) -> &'static Row {
        Code::rows().find(|row| row.code == self).unwrap_or(&UNKNOWN)
    }

    pub fn severity(self) -> Severity {
        self.row().severity
    }

    /// One line saying what the code means.
    pub fn title(self) -> &'static str {
        self.row().title
    }

    pub const fn number(self) -> u16 {
        self.0
    }

    /// The code written as `L0103`, `l103` or `103`.
    pub fn parse(text: &str) -> Option<Code> {
        let digits = text.strip_prefix(['L', 'l']).unwrap_or(text);
        let number: u16 = digits.parse().ok()?;
        Code::rows().map(|row| row.code).find(|code| code.0 == number)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "L{:04}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} {}", self.row().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_within_their_rooms() {
        let numbers: Vec<u16> = Code::rows().map(|row| row.code.number()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        let hundreds = [0, 1, 2, 3, 4, 5, 6, 7];
        for (room, hundred) in ROOMS.iter().zip(hundreds) {
            assert!(room.iter().all(|row| row.code.number() / 100 == hundred));
        }
    }

    #[test]
    fn codes_are_read_as_they_are_written() {
        for row in Code::rows() {
            assert_eq!(Code::parse(&row.code.to_string()), Some(row.code));
            assert!(!row.title.ends_with('.') && row.about.ends_with('.'), "{}", row.code);
        }
        assert_eq!(Code::parse("L9999"), None);
        assert_eq!(Code::parse("x"), None);
    }
}

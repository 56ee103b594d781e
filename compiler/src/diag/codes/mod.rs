//! The table of diagnostic codes. Each row has a number, a name, a severity, a title of one line,
//! an explanation of a few sentences, and a wrong example with its fixed version. `luka explain` prints
//! rows, docs/diagnostics.md is generated from them, and every example is a test: the wrong one is reported
//! under its code, the fixed one is not reported.
//!
//! Each group has a file. Numbers never change their meaning and are never reused.
//!
//! | numbers | group |
//! |---|---|
//! | L00xx | lexical errors (`lex`) |
//! | L01xx | syntax errors (`syntax`) |
//! | L02xx | lints: valid code that is probably not what was meant (`lints`) |
//! | L03xx | names, scopes and jumps (`names`) |
//! | L04xx | limits of the compiler (`limits`) |
//! | L05xx | runtime errors (`runtime`) |
//! | L06xx | Luka's extensions (`extensions`) |
//! | L07xx | the assembler (`assembly`), with examples in assembly |

mod assembly;
mod extensions;
mod internal;
mod lex;
mod limits;
mod lints;
mod names;
mod runtime;
mod syntax;

use std::fmt;

/// The severity of a diagnostic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// An error: the program is rejected.
    Error,
    /// A warning.
    Warning,
    /// Information.
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

/// A diagnostic code; its row is [`Code::row`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// The code.
    pub code: Code,
    /// The name in the source of the compiler.
    pub name: &'static str,
    /// The severity a report has unless settings change it.
    pub severity: Severity,
    /// False for lints that report only where settings ask for them (`off` in the table).
    pub on_by_default: bool,
    /// One line without a full stop.
    pub title: &'static str,
    /// A few sentences: why this is an error or suspicious, and what to do.
    pub explanation: &'static str,
    /// An example that is reported under the code; empty if there is no small one.
    pub wrong: &'static str,
    /// The fixed version of the example.
    pub fixed: &'static str,
}

/// The rows of one group: `number Name Severity "title" "explanation" { "wrong" => "fixed" }`,
/// with `off` after the severity of a lint that is off by default. The braces are empty if there is no small example.
macro_rules! codes {
    ($($number:literal $name:ident $severity:ident $($off:ident)? $title:literal
        $explanation:literal { $($wrong:literal => $fixed:literal)? })*) => {
        #[allow(non_upper_case_globals, reason = "codes read like the variants of an enum")]
        impl super::Code { $(#[doc = $title] pub const $name: super::Code = super::Code($number);)* }

        pub(super) const ROWS: &[super::Row] = &[$(super::Row {
            code: super::Code::$name,
            name: stringify!($name),
            severity: super::Severity::$severity,
            on_by_default: super::codes!(@on $($off)?),
            title: $title,
            explanation: $explanation,
            wrong: concat!($($wrong)?),
            fixed: concat!($($fixed)?),
        },)*];
    };
    (@on) => { true };
    (@on off) => { false };
}
use codes;

/// All groups, in order of number.
const GROUPS: &[&[Row]] = &[
    lex::ROWS,
    syntax::ROWS,
    lints::ROWS,
    names::ROWS,
    limits::ROWS,
    runtime::ROWS,
    extensions::ROWS,
    assembly::ROWS,
    internal::ROWS,
];

/// The row of a code that is not in the table; there is no such code.
const UNKNOWN: Row = Row {
    code: Code(0),
    name: "Unknown",
    severity: Severity::Error,
    on_by_default: true,
    title: "an unknown code",
    explanation: "",
    wrong: "",
    fixed: "",
};

impl Code {
    /// Every row, in order of number.
    pub fn rows() -> impl Iterator<Item = &'static Row> {
        GROUPS.iter().copied().flatten()
    }

    /// The code's row of the table.
    pub fn row(self) -> &'static Row {
        Code::rows().find(|row| row.code == self).unwrap_or(&UNKNOWN)
    }

    /// The default severity.
    pub fn severity(self) -> Severity {
        self.row().severity
    }

    /// One line saying what the code means.
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// The number, without the `L`.
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
    fn numbers_ascend_within_their_groups() {
        let numbers: Vec<u16> = Code::rows().map(|row| row.code.number()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        let hundreds = [0, 1, 2, 3, 4, 5, 6, 7, 9];
        for (group, hundred) in GROUPS.iter().zip(hundreds) {
            assert!(group.iter().all(|row| row.code.number() / 100 == hundred));
        }
    }

    #[test]
    fn codes_parse_as_displayed() {
        for row in Code::rows() {
            assert_eq!(Code::parse(&row.code.to_string()), Some(row.code));
            assert!(!row.title.ends_with('.') && row.explanation.ends_with('.'), "{}", row.code);
        }
        assert_eq!(Code::parse("L9999"), None);
        assert_eq!(Code::parse("x"), None);
    }
}

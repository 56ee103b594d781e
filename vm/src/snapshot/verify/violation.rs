//! What the verifier says about a machine it refuses.

use std::fmt;

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Area {
    /// The machine's own fields.
    Machine,
    /// Threads: what they are doing and who has resumed them.
    Threads,
    /// Frames: that they form chains and do not overlap.
    Frames,
    /// Links: how the functions in frames have been called.
    Links,
    /// What registers and slots hold.
    Registers,
    /// Open upvalues and variables to be closed.
    Upvalues,
    /// The parts of tables.
    Tables,
    /// Objects: their marks, and that they add up.
    Objects,
    /// The collector: its state and lists.
    Collector,
    /// What natives keep in userdata.
    Userdata,
}

impl Area {
    /// The area's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Area::Machine => "machine",
            Area::Threads => "threads",
            Area::Frames => "frames",
            Area::Links => "links",
            Area::Registers => "registers",
            Area::Upvalues => "upvalues",
            Area::Tables => "tables",
            Area::Objects => "objects",
            Area::Collector => "collector",
            Area::Userdata => "userdata",
        }
    }
}

/// A rule that a machine breaks. Displays as
/// `links: a call is the work of a call instruction (thread 0, frame at slot 12)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    area: Area,
    rule: &'static str,
    place: String,
}

impl Violation {
    #[cold]
    pub(super) fn new(area: Area, rule: &'static str, place: impl Into<String>) -> Violation {
        Violation { area, rule, place: place.into() }
    }

    /// What the rule is about.
    pub fn area(&self) -> Area {
        self.area
    }

    /// The rule, as a statement that is true of machines.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Where it is broken; empty if it concerns the whole machine.
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.area.name(), self.rule)?;
        if self.place.is_empty() { Ok(()) } else { write!(f, " ({})", self.place) }
    }
}

impl std::error::Error for Violation {}

/// Whether a rule is kept.
pub(super) type Verdict = Result<(), Violation>;

/// Checks a rule: the condition, the area, the rule, and the place, which is formatted only when the
/// rule is broken.
macro_rules! rule {
    ($area:ident, $holds:expr, $rule:expr) => {
        rule!($area, $holds, $rule, "")
    };
    ($area:ident, $holds:expr, $rule:expr, $($place:tt)+) => {
        if !$holds {
            let area = $crate::snapshot::verify::violation::Area::$area;
            let place = format!($($place)+);
            return Err($crate::snapshot::verify::violation::Violation::new(area, $rule, place));
        }
    };
}
pub(super) use rule;

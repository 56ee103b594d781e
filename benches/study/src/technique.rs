//! What a technique is: a name, what it guarantees, and how it makes a program ready to run.

use std::fmt;

/// Why a program was stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// It has taken all its steps.
    Steps,
    /// An instruction needs more values than there are on the stack, or there is no room for its result.
    Stack,
    /// The program counter is not at an instruction.
    Code,
    /// Division by zero.
    Division,
}

/// A program that a technique does not take: the reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a technique guarantees about programs of strangers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guard {
    /// Any program is safe to run, and stops when its steps are used up.
    Checked,
    /// Programs that a verifier accepts are safe to run; nothing stops one that does not end.
    Bare,
    /// Programs that a verifier accepts are safe to run, and stop when their steps are used up, which
    /// jumps pay for the instructions behind them.
    Paid,
    /// Not an interpreter: the program written in Rust, to compare with.
    Native,
}

impl Guard {
    /// The word for it in tables.
    pub fn name(self) -> &'static str {
        match self {
            Guard::Checked => "checked",
            Guard::Bare => "bare",
            Guard::Paid => "paid by jumps",
            Guard::Native => "native",
        }
    }

    /// Whether a program that does not end is stopped.
    pub fn counts_steps(self) -> bool {
        matches!(self, Guard::Checked | Guard::Paid)
    }
}

/// A program that is ready: runs it from the beginning with so many steps, and gives its result.
pub type Run = Box<dyn FnMut(u64) -> Result<i64, Stop>>;

/// A way to run programs of type `P`.
pub struct Technique<P> {
    /// What it is called in tables, without its guard.
    pub name: &'static str,
    /// What it guarantees.
    pub guard: Guard,
    /// The source of all that it has and others do not need, of which the report counts lines.
    pub source: &'static str,
    /// Makes a program ready.
    pub make: fn(&P) -> Result<Run, Refused>,
}

impl<P> Technique<P> {
    /// Lines of its source that are neither empty nor comments.
    pub fn lines(&self) -> usize {
        code_lines(self.source).count()
    }

    /// Whether its source has an `unsafe` block.
    pub fn has_unsafe(&self) -> bool {
        code_lines(self.source).any(|line| line.contains("unsafe {"))
    }
}

fn code_lines(source: &str) -> impl Iterator<Item = &str> {
    source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"))
}

/// A technique from its name, its guard, the files that it needs, and what makes a program ready.
macro_rules! technique {
    ($name:literal, $guard:ident, [$($file:literal),+], $make:expr) => {
        Technique {
            name: $name,
            guard: Guard::$guard,
            source: concat!($(include_str!($file)),+),
            make: $make,
        }
    };
}
pub(crate) use technique;

//! How far the host of a program lets it run, while somebody else debugs it.

use luka::{Flag, Outcome};
use std::time::Instant;

/// What a host has asked of a run. The time that the program stands still does not count.
#[derive(Clone, Default, Debug)]
pub struct Leash {
    /// The fuel at which it ends, of the machine's total.
    pub until: Option<u64>,
    /// When it ends.
    pub deadline: Option<Instant>,
    /// Ends it when raised.
    pub flag: Option<Flag>,
    /// It ends at errors that nobody catches.
    pub stops_at_errors: bool,
}

impl Leash {
    /// How the run ends for its host now, if it does.
    pub fn end(&self, fuel: u64) -> Option<Outcome> {
        if self.flag.as_ref().is_some_and(Flag::lower)
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
        {
            return Some(Outcome::Interrupted);
        }
        self.until.is_some_and(|until| fuel >= until).then_some(Outcome::OutOfFuel)
    }

    /// Whether it is to be looked at now and then.
    pub fn is_timed(&self) -> bool {
        self.deadline.is_some() || self.flag.is_some()
    }
}

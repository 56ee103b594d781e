//! What was measured, for people and for programs.

pub mod chart;
pub mod json;
pub mod table;

use crate::measure::{Group, Measured};

/// A group with what was measured of its rows.
pub struct Results {
    /// The group.
    pub group: Group,
    /// One for each of its rows.
    pub measured: Vec<Measured>,
}

impl Results {
    /// The least time of native code, if the group has it: what rows are compared with.
    fn native(&self) -> Option<f64> {
        let at = self.group.rows.iter().position(|row| row.guard == "native")?;
        Some(self.measured[at].least)
    }
}

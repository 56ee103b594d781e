//! Which lints are enabled, by default and by `luka.toml` and the command line.

use std::collections::BTreeMap;

use crate::diag::{Code, Severity};

/// The level of a lint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported as a warning.
    Warn,
    /// Reported as an error.
    Deny,
}

impl Level {
    /// `allow`, `warn`, `deny`.
    pub fn parse(text: &str) -> Option<Level> {
        match text {
            "allow" => Some(Level::Allow),
            "warn" => Some(Level::Warn),
            "deny" => Some(Level::Deny),
            _ => None,
        }
    }
}

/// The level of every lint.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    set: BTreeMap<u16, Level>,
}

impl Levels {
    /// The lints called `name`: a code (`L0201`), a name (`unused-local`), or `all`. Empty if there
    /// are none.
    pub fn lints(name: &str) -> Vec<Code> {
        let lints = Code::rows().map(|row| row.code).filter(|code| is_lint(*code));
        if name == "all" {
            return lints.collect();
        }
        let code = Code::parse(name);
        lints.filter(|&lint| Some(lint) == code || lint_name(lint) == name).collect()
    }

    /// Sets the level of a lint or of all. Returns whether there is such a lint.
    pub fn set(&mut self, name: &str, level: Level) -> bool {
        let lints = Levels::lints(name);
        for lint in &lints {
            self.set.insert(lint.number(), level);
        }
        !lints.is_empty()
    }

    /// The level of a lint.
    pub fn of(&self, lint: Code) -> Level {
        match self.set.get(&lint.number()) {
            Some(&level) => level,
            None if !lint.row().on_by_default => Level::Allow,
            None if lint.severity() == Severity::Error => Level::Deny,
            None => Level::Warn,
        }
    }
}

fn is_lint(code: Code) -> bool {
    (200..300).contains(&code.number())
}

/// A lint's name as flags, `luka.toml` and comments write it: `unused-local`.
pub fn lint_name(code: Code) -> String {
    let mut out = String::new();
    for c in code.row().name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

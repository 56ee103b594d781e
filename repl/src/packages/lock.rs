//! `luka.lock`: which state of each package a project uses.

use serde::Deserialize;
use std::fmt::Write;

/// The file's name.
pub const FILE: &str = "luka.lock";

const TITLE: &str =
    "# Made by `luka`, which also reads it: not to be edited, but to be kept with the sources.\n";

/// The version of the format.
const VERSION: i64 = 1;

/// The packages of a project.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct Lock {
    version: i64,
    /// In the order of their names.
    #[serde(default, rename = "package")]
    pub packages: Vec<Locked>,
}

/// A package.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    pub name: String,
    pub version: Option<String>,
    /// As [`Source`](super::manifest::Source) is written.
    pub source: String,
    pub commit: Option<String>,
    /// The digits of its files ([`digest::tree`](super::digest::tree)); those in folders change freely.
    pub sha256: Option<String>,
    /// The names of what it uses.
    #[serde(default)]
    pub dependencies: Vec<String>,
}

impl Lock {
    pub fn new(mut packages: Vec<Locked>) -> Lock {
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Lock { version: VERSION, packages }
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Lock, String> {
        let lock: Lock = toml::from_str(text)
            .map_err(|e| format!("{FILE}: {}", e.message().trim().replace('\n', ", ")))?;
        if lock.version != VERSION {
            return Err(format!(
                "{FILE} is of version {}; this luka reads version {VERSION}",
                lock.version
            ));
        }
        Ok(lock)
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let quoted = |text: &str| toml_edit::Value::from(text).to_string();
        let mut out = format!("{TITLE}version = {VERSION}\n");
        for package in &self.packages {
            // (Writing to a string does not fail.)
            let _ = writeln!(out, "\n[[package]]\nname = {}", quoted(&package.name));
            let fields = [
                ("version", package.version.as_deref()),
                ("source", Some(package.source.as_str())),
                ("commit", package.commit.as_deref()),
                ("sha256", package.sha256.as_deref()),
            ];
            for (key, value) in fields {
                if let Some(value) = value {
                    let _ = writeln!(out, "{key} = {}", quoted(value));
                }
            }
            if !package.dependencies.is_empty() {
                let names: Vec<String> =
                    package.dependencies.iter().map(|name| quoted(name)).collect();
                let _ = writeln!(out, "dependencies = [{}]", names.join(", "));
            }
        }
        out
    }

    pub fn get(&self, name: &str) -> Option<&Locked> {
        self.packages.iter().find(|package| package.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_come_back_as_written() {
        let package = |name: &str, commit: Option<&str>| Locked {
            name: name.to_string(),
            version: commit.map(|_| "1.0.0".to_string()),
            source: "git+a\"b#tag=v1".to_string(),
            commit: commit.map(str::to_string),
            sha256: None,
            dependencies: vec!["x".to_string()],
        };
        let lock = Lock::new(vec![package("b", None), package("a", Some("12"))]);
        assert_eq!(lock.packages[0].name, "a");
        assert_eq!(Lock::parse(&lock.text()), Ok(lock));
        assert!(Lock::parse("version = 2").unwrap_err().contains("version 2"));
        assert!(Lock::parse("version = 1\n[[package]]\nname = 'a'").is_err());
    }
}

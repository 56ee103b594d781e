//! Versions as LuaRocks compares them, and what rockspecs ask of them.

use std::cmp::Ordering;

/// A version: `1.2.0-1`, `scm-1`, `2.0beta2-3`.
#[derive(Clone, Debug)]
pub struct Version {
    parts: Vec<i64>,
    /// The revision of the rockspec.
    revision: Option<i64>,
}

impl Version {
    /// Reads a version; any text is one.
    pub fn parse(text: &str) -> Version {
        let text = text.trim().to_ascii_lowercase();
        let (version, revision) = match text.rsplit_once('-') {
            Some((version, revision)) if revision.bytes().all(|c| c.is_ascii_digit()) => {
                (version, revision.parse().ok())
            }
            _ => (text.as_str(), None),
        };
        let mut parts = Vec::new();
        let mut rest = version.as_bytes();
        while let Some(&first) = rest.first() {
            let same =
                |c: &u8| c.is_ascii_digit() == first.is_ascii_digit() && c.is_ascii_alphanumeric();
            let length = rest.iter().take_while(|c| same(c)).count();
            let word = std::str::from_utf8(&rest[..length]).unwrap_or_default();
            if length > 0 {
                parts.push(word.parse().unwrap_or_else(|_| rank(word)));
            }
            rest = &rest[length.max(1)..];
        }
        Version { parts, revision }
    }

    /// Compared without revisions unless both have one.
    pub fn compare(&self, other: &Version) -> Ordering {
        let length = self.parts.len().max(other.parts.len());
        let part = |version: &Version, i: usize| version.parts.get(i).copied().unwrap_or(0);
        let parts = (0..length).map(|i| part(self, i).cmp(&part(other, i)));
        let order = parts.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
        match (self.revision, other.revision) {
            (Some(a), Some(b)) => order.then(a.cmp(&b)),
            _ => order,
        }
    }

    /// Whether the first parts are those of another version, and its revision, if it has one.
    fn begins_with(&self, other: &Version) -> bool {
        let parts = other.parts.iter().enumerate();
        parts.into_iter().all(|(i, part)| self.parts.get(i).copied().unwrap_or(0) == *part)
            && other.revision.is_none_or(|revision| self.revision == Some(revision))
    }
}

/// The place of a word among numbers: versions in development come last, those before a release first.
fn rank(word: &str) -> i64 {
    match word {
        "dev" => 120_000_000,
        "scm" => 110_000_000,
        "cvs" => 100_000_000,
        "rc" => -1_000,
        "pre" => -10_000,
        "beta" => -100_000,
        "alpha" => -1_000_000,
        _ => word.bytes().next().map_or(0, |c| i64::from(c) - 1000),
    }
}

/// What a package asks for: a name, and what must hold of its version.
#[derive(Clone, Debug)]
pub struct Requirement {
    pub name: String,
    conditions: Vec<(String, Version)>,
}

impl Requirement {
    /// Reads `name >= 1.0, < 2`; `None` if it is not written so.
    pub fn parse(text: &str) -> Option<Requirement> {
        let text = text.trim();
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if name.is_empty() {
            return None;
        }
        let mut conditions = Vec::new();
        for condition in rest.split(',').map(str::trim).filter(|c| !c.is_empty()) {
            let end = condition.find(|c| !"=~<>".contains(c)).unwrap_or(condition.len());
            let (operator, version) = condition.split_at(end);
            let operator = if operator.is_empty() { "==" } else { operator };
            let known = ["==", "=", "~=", "<", ">", "<=", ">=", "~>"].contains(&operator);
            if !known || version.trim().is_empty() {
                return None;
            }
            conditions.push((operator.to_string(), Version::parse(version)));
        }
        Some(Requirement { name: name.to_ascii_lowercase(), conditions })
    }

    /// Whether a version is what is asked for.
    pub fn allows(&self, version: &Version) -> bool {
        self.conditions.iter().all(|(operator, wanted)| {
            let order = version.compare(wanted);
            match operator.as_str() {
                "~=" => order.is_ne(),
                "<" => order.is_lt(),
                ">" => order.is_gt(),
                "<=" => order.is_le(),
                ">=" => order.is_ge(),
                "~>" => version.begins_with(wanted),
                _ => order.is_eq(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_order() {
        let all = [
            "1.0alpha-1",
            "1.0beta2-1",
            "1.0rc1-1",
            "1.0-1",
            "1.0-2",
            "1.0.1-1",
            "1.10-1",
            "scm-1",
            "dev-1",
        ];
        for pair in all.windows(2) {
            let [a, b] = [Version::parse(pair[0]), Version::parse(pair[1])];
            assert_eq!(
                (a.compare(&b), b.compare(&a)),
                (Ordering::Less, Ordering::Greater),
                "{pair:?}"
            );
        }
        assert_eq!(Version::parse("1.0").compare(&Version::parse("1.0.0-3")), Ordering::Equal);
    }

    #[test]
    fn requirements_are_judged() {
        for (asked, version, allowed) in [
            ("lua >= 5.1, < 5.5", "5.4-1", true),
            ("x >= 1.0", "0.9-1", false),
            ("x ~> 1.2", "1.2.5-1", true),
            ("x ~> 1.2", "1.3-1", false),
            ("x == 1.0-2", "1.0-1", false),
            ("x 1.0", "1.0-7", true),
            ("x = 1.0", "1.0-7", true),
            ("x ~= 1.0", "1.0-7", false),
            ("x", "scm-1", true),
        ] {
            let requirement = Requirement::parse(asked).expect(asked);
            assert_eq!(requirement.allows(&Version::parse(version)), allowed, "{asked} {version}");
        }
        for wrong in ["", "x >", "x => 1", ">= 1"] {
            assert!(Requirement::parse(wrong).is_none(), "{wrong}");
        }
    }
}

//! Which tests of a file run.

use serde::{Deserialize, Serialize};

/// Which tests of a file run: those that every part agrees to.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct Selection {
    /// A part of the name (`-k`).
    pub text: Option<String>,
    /// One of these tags, if there are any.
    pub tags: Vec<String>,
    /// None of these tags.
    pub excluded_tags: Vec<String>,
    /// One of these lines is the test's, or the first of a block around it.
    pub lines: Vec<u32>,
    /// One of these names: those that failed last.
    pub names: Option<Vec<String>>,
    /// Only the test of this number.
    pub number: Option<usize>,
}

impl Selection {
    /// Whether all tests are selected.
    pub fn is_all(&self) -> bool {
        *self == Selection::default()
    }

    /// Whether a test is selected. `lines` are its first and its last line, and the first ones of the
    /// blocks around it.
    pub fn has(&self, number: usize, name: &str, lines: &[u32]) -> bool {
        let within = |&line: &u32| match lines {
            [first, last, blocks @ ..] => {
                (*first..=*last).contains(&line) || blocks.contains(&line)
            }
            _ => false,
        };
        self.number.is_none_or(|only| only == number)
            && self.text.as_ref().is_none_or(|text| name.contains(text.as_str()))
            && (self.tags.is_empty() || self.tags.iter().any(|tag| has_tag(name, tag)))
            && !self.excluded_tags.iter().any(|tag| has_tag(name, tag))
            && (self.lines.is_empty() || self.lines.iter().any(within))
            && self.names.as_ref().is_none_or(|names| names.iter().any(|known| known == name))
    }
}

/// Whether a name contains `#tag` as a word.
fn has_tag(name: &str, tag: &str) -> bool {
    name.match_indices('#').any(|(at, _)| {
        let rest = name[at + 1..].strip_prefix(tag);
        rest.is_some_and(|rest| {
            !rest.starts_with(|c: char| c.is_alphanumeric() || "_-".contains(c))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::Selection;

    #[test]
    fn tags_are_words() {
        let selects = |tag: &str, name: &str| {
            let selection = Selection { tags: vec![tag.into()], ..Selection::default() };
            selection.has(1, name, &[])
        };
        assert!(selects("slow", "cart #slow works") && selects("slow", "cart #a #slow"));
        assert!(!selects("slow", "cart #slower") && !selects("slow", "cart slow"));
    }

    #[test]
    fn lines_are_those_of_a_test_or_the_first_of_a_block_around() {
        let selects = |line: u32| {
            let selection = Selection { lines: vec![line], ..Selection::default() };
            selection.has(1, "x", &[10, 12, 8, 1])
        };
        assert!(selects(10) && selects(12) && selects(8) && selects(1));
        assert!(!selects(9) && !selects(13) && !selects(2));
    }
}

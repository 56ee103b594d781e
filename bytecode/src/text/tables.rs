//! Which entries of a table a listing has to spell out.
//!
//! Constants and inner functions are written where they are used. Reading the text, an entry that
//! is mentioned for the first time is appended to its table. So only a beginning of the table needs
//! lines of its own: as much of it as makes the entries after it come back in their order.

use std::collections::HashMap;
use std::hash::Hash;

/// A table of a function, as the listing writes it.
pub(super) struct Table {
    /// How many entries, from the first on, are listed.
    pub listed: usize,
    /// Of each entry, whether its value names it: there is no equal one before.
    named: Vec<bool>,
}

impl Table {
    /// `entries` are the values by index, `uses` the indices that instructions name, in order.
    pub fn new<T: Hash + Eq>(
        entries: impl ExactSizeIterator<Item = T>,
        uses: impl Iterator<Item = usize>,
    ) -> Table {
        let mut seen = HashMap::with_capacity(entries.len());
        let named: Vec<bool> = entries.map(|entry| seen.insert(entry, ()).is_none()).collect();
        // When each entry is mentioned first.
        let mut first = vec![usize::MAX; named.len()];
        for (time, index) in uses.enumerate() {
            if let Some(first) = first.get_mut(index) {
                *first = time.min(*first);
            }
        }
        let mut listed = named.len();
        let mut next = usize::MAX;
        while let Some(before) = listed.checked_sub(1)
            && named[before]
            && first[before] < next
        {
            next = first[before];
            listed = before;
        }
        Table { listed, named }
    }

    /// Whether an operand with this index is written by its value.
    pub fn is_named(&self, index: usize) -> bool {
        self.named.get(index) == Some(&true)
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    fn listed(entries: &[i32], uses: &[usize]) -> usize {
        Table::new(entries.iter(), uses.iter().copied()).listed
    }

    #[test]
    fn as_little_as_possible() {
        assert_eq!(listed(&[], &[]), 0);
        assert_eq!(listed(&[7, 8, 9], &[0, 1, 0, 2]), 0);
        assert_eq!(listed(&[7, 8, 9], &[1, 0, 2]), 1);
        assert_eq!(listed(&[7, 8, 9], &[2, 0, 1]), 2);
        assert_eq!(listed(&[7, 8, 9], &[0, 1]), 3);
        assert_eq!(listed(&[7, 8, 7, 9], &[0, 1, 2, 3]), 3);
        assert_eq!(listed(&[7], &[5]), 1);
    }
}

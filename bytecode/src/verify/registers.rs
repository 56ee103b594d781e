//! Sets of registers.

/// A set of registers below `64 * WORDS`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Set<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Set<WORDS> {
    pub const EMPTY: Set<WORDS> = Set([0; WORDS]);

    #[inline]
    pub fn contains(&self, register: usize) -> bool {
        self.0.get(register / 64).is_some_and(|word| word >> (register % 64) & 1 != 0)
    }

    /// A bit that is set if the register is not in the set, below others that mean nothing.
    #[inline(always)]
    pub fn lacks(&self, register: u16) -> u64 {
        self.0.get(register as usize / 64).map_or(1, |word| !(word >> (register % 64)))
    }

    #[inline]
    pub fn insert(&mut self, register: usize) {
        if let Some(word) = self.0.get_mut(register / 64) {
            *word |= 1 << (register % 64);
        }
    }

    /// Puts in `from` and everything up to, not with, `end`.
    #[inline]
    pub fn fill(&mut self, from: usize, end: usize) {
        for (i, word) in self.0.iter_mut().enumerate() {
            *word |= below(end, i) & !below(from, i);
        }
    }

    /// Takes out `from` and everything above.
    #[inline]
    pub fn cut(&mut self, from: usize) {
        for (i, word) in self.0.iter_mut().enumerate() {
            *word &= below(from, i);
        }
    }

    /// The lowest register of the set at `from` or above.
    pub fn first_from(&self, from: usize) -> Option<usize> {
        let words = self.0.iter().enumerate().map(|(i, word)| (i, word & !below(from, i)));
        words.filter(|(_, word)| *word != 0).map(|(i, word)| i * 64 + tail(word)).next()
    }

    /// The lowest register from `from` up to, not with, `end` that is not in the set.
    #[inline]
    pub fn first_missing(&self, from: usize, end: usize) -> Option<usize> {
        for (i, word) in self.0.iter().enumerate() {
            let missing = below(end, i) & !below(from, i) & !word;
            if missing != 0 {
                return Some(i * 64 + tail(missing));
            }
        }
        None
    }

    /// Adds another set; whether that changed anything.
    #[inline]
    pub fn unite(&mut self, other: &Set<WORDS>) -> bool {
        let before = *self;
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
        *self != before
    }

    /// Keeps what is in the other set too; whether that changed anything.
    #[inline]
    pub fn intersect(&mut self, other: &Set<WORDS>) -> bool {
        let before = *self;
        for (word, kept) in self.0.iter_mut().zip(other.0) {
            *word &= kept;
        }
        *self != before
    }
}

fn tail(word: u64) -> usize {
    word.trailing_zeros() as usize
}

/// The bits of the `i`-th word that stand for registers below `end`.
#[inline]
fn below(end: usize, i: usize) -> u64 {
    match end.saturating_sub(i * 64) {
        0 => 0,
        bits @ 1..64 => (1 << bits) - 1,
        _ => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against sets of flags.
    #[test]
    fn sets_are_sets() {
        let mut state = 1u64;
        let mut random = move |limit: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % limit
        };
        let (mut set, mut flags) = (Set::<4>::EMPTY, [false; 256]);
        for _ in 0..2000 {
            let (from, end) = (random(257), random(257));
            match random(4) {
                0 => {
                    set.insert(random(256).min(from.min(255)));
                    set = Set::<4>::EMPTY;
                    flags = [false; 256];
                    set.fill(from, end);
                    flags.iter_mut().take(end).skip(from).for_each(|f| *f = true);
                }
                1 if from < 256 => {
                    set.insert(from);
                    flags[from] = true;
                }
                2 if random(8) == 0 => {
                    set.cut(from);
                    flags.iter_mut().skip(from).for_each(|f| *f = false);
                }
                _ => {
                    set.fill(from, end.min(from + 20));
                    flags.iter_mut().take(end.min(from + 20)).skip(from).for_each(|f| *f = true);
                }
            }
            assert!((0..256).all(|r| set.contains(r) == flags[r]));
            assert!((0..256).all(|r| (set.lacks(r) & 1 == 0) == flags[r as usize]));
            assert_eq!(set.first_from(from), (from..256).find(|&r| flags[r]));
            assert_eq!(set.first_missing(from, end), (from..end).find(|&r| !flags[r]));
        }
    }
}

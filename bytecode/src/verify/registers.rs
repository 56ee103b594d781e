//! Sets of registers.

/// A set of registers below `64 * WORDS - 1`: one is left over for [`Set::ALL`], which no set of
/// registers of a frame equals.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Set<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Set<WORDS> {
    pub const EMPTY: Set<WORDS> = Set([0; WORDS]);
    pub const ALL: Set<WORDS> = Set([!0; WORDS]);

    #[inline]
    pub fn contains(&self, register: usize) -> bool {
        self.0.get(register / 64).is_some_and(|word| word >> (register % 64) & 1 != 0)
    }

    #[inline]
    pub fn insert(&mut self, register: usize) {
        if let Some(word) = self.0.get_mut(register / 64) {
            *word |= 1 << (register % 64);
        }
    }

    /// Not zero if one of the registers whose flag is 1, not 0, is not in the set. Where the flag is
    /// 0, the register may be any number.
    #[inline(always)]
    pub fn lacks(&self, registers: [u64; 3], flags: &[u64; 3]) -> u64 {
        let mut lacking = 0;
        let mut wanted = 0;
        for (register, flag) in registers.into_iter().zip(flags) {
            let bit = flag << (register % 64);
            if WORDS == 1 {
                wanted |= bit;
            } else {
                let word = self.0.get(register as u16 as usize / 64).unwrap_or(&0);
                lacking |= bit & !word;
            }
        }
        lacking | wanted & !self.0[0]
    }

    /// Puts in a register if the flag is 1, not 0; if it is 0, the register may be any number.
    #[inline(always)]
    pub fn insert_if(&mut self, register: u64, flag: u64) {
        if WORDS == 1 {
            self.0[0] |= flag << (register % 64);
        } else if flag != 0 {
            self.insert(register as u16 as usize);
        }
    }

    /// Whether all of the set are in the other one.
    #[inline]
    pub fn is_within(&self, other: &Set<WORDS>) -> bool {
        self.0.iter().zip(other.0).all(|(word, all)| word & !all == 0)
    }

    /// Puts in `from` and everything up to, not with, `end`.
    #[inline]
    pub fn fill(&mut self, from: usize, end: usize) {
        for (i, word) in self.0.iter_mut().enumerate() {
            *word |= Self::below(end, i) & !Self::below(from, i);
        }
    }

    /// Takes out `from` and everything above.
    #[inline]
    pub fn cut(&mut self, from: usize) {
        for (i, word) in self.0.iter_mut().enumerate() {
            *word &= Self::below(from, i);
        }
    }

    /// The lowest register of the set at `from` or above.
    #[inline]
    pub fn first_from(&self, from: usize) -> Option<usize> {
        for (i, word) in self.0.iter().enumerate() {
            let above = word & !Self::below(from, i);
            if above != 0 {
                return Some(i * 64 + above.trailing_zeros() as usize);
            }
        }
        None
    }

    /// Whether all registers from `from` up to, not with, `end` are in the set.
    #[inline]
    pub fn has(&self, from: usize, end: usize) -> bool {
        let words = self.0.iter().enumerate();
        words.fold(0, |missing, (i, word)| {
            missing | Self::below(end, i) & !Self::below(from, i) & !word
        }) == 0
    }

    /// The lowest register from `from` up to, not with, `end` that is not in the set.
    pub fn first_missing(&self, from: usize, end: usize) -> Option<usize> {
        for (i, word) in self.0.iter().enumerate() {
            let missing = Self::below(end, i) & !Self::below(from, i) & !word;
            if missing != 0 {
                return Some(i * 64 + missing.trailing_zeros() as usize);
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

    /// The bits of the `i`-th word that represent registers below `end`, which is at most
    /// `64 * WORDS - 1`.
    #[inline(always)]
    fn below(end: usize, i: usize) -> u64 {
        if WORDS == 1 {
            return (1 << (end % 64)) - 1;
        }
        let count = end.saturating_sub(i * 64).min(64) as u32;
        !u64::MAX.checked_shl(count).unwrap_or(0)
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
            let (from, end) = (random(256), random(256));
            match random(4) {
                0 => {
                    set.insert(random(256).min(from));
                    set = Set::<4>::EMPTY;
                    flags = [false; 256];
                    set.fill(from, end);
                    flags.iter_mut().take(end).skip(from).for_each(|f| *f = true);
                }
                1 => {
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
            assert_eq!(set.first_from(from), (from..256).find(|&r| flags[r]));
            assert_eq!(set.first_missing(from, end), (from..end).find(|&r| !flags[r]));
            assert_eq!(set.has(from, end), (from..end).all(|r| flags[r]));
        }
    }

    /// The operations with flags against the plain ones.
    fn flags_choose<const WORDS: usize>() {
        let mut state = 1u64;
        let mut random = move || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state >> 24
        };
        for _ in 0..2000 {
            let (mut set, mut other) = (Set::<WORDS>::EMPTY, Set::<WORDS>::EMPTY);
            for _ in 0..random() % (64 * WORDS as u64) {
                set.insert(random() as usize % (64 * WORDS));
                other.insert(random() as usize % (64 * WORDS));
            }
            let registers = [0; 3].map(|_| random() % (64 * WORDS as u64 - 1));
            let flags = [0; 3].map(|_| random() % 2);
            let mut all = registers.iter().zip(flags);
            let lacks = all.any(|(&r, flag)| flag != 0 && !set.contains(r as usize));
            assert_eq!(set.lacks(registers, &flags) != 0, lacks);
            assert_eq!(set.lacks([random(), random(), random()], &[0; 3]), 0);
            let mut both = set;
            both.unite(&other);
            assert_eq!(set.is_within(&other), both == other);
            assert!(set.is_within(&both) && set.is_within(&Set::ALL));
            let mut expected = set;
            if flags[0] != 0 {
                expected.insert(registers[0] as usize);
            }
            set.insert_if(registers[0], flags[0]);
            assert!(set == expected);
            set.insert_if(random(), 0);
            assert!(set == expected);
        }
    }

    #[test]
    fn flags_choose_in_any_size() {
        flags_choose::<1>();
        flags_choose::<2>();
        flags_choose::<8>();
    }
}

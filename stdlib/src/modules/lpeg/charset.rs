//! Sets of bytes.

/// A set of bytes, a bit for each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Charset(pub [u8; 32]);

impl Charset {
    pub const EMPTY: Charset = Charset([0; 32]);
    pub const FULL: Charset = Charset([255; 32]);

    /// The set of one byte.
    pub fn of(c: u8) -> Charset {
        let mut set = Charset::EMPTY;
        set.insert(c);
        set
    }

    /// The bytes for which a predicate holds.
    pub fn where_(holds: impl Fn(u8) -> bool) -> Charset {
        let mut set = Charset::EMPTY;
        (0..=255).filter(|&c| holds(c)).for_each(|c| set.insert(c));
        set
    }

    pub fn insert(&mut self, c: u8) {
        self.0[c as usize >> 3] |= 1 << (c & 7);
    }

    #[inline(always)]
    pub fn has(&self, c: u8) -> bool {
        has(&self.0, c)
    }

    pub fn union(mut self, other: Charset) -> Charset {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a |= b);
        self
    }

    pub fn without(mut self, other: Charset) -> Charset {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a &= !b);
        self
    }

    pub fn is_disjoint(&self, other: &Charset) -> bool {
        self.0.iter().zip(other.0).all(|(a, b)| a & b == 0)
    }

    /// The byte of a set that has one.
    pub fn single(&self) -> Option<u8> {
        let count: u32 = self.0.iter().map(|b| b.count_ones()).sum();
        if count == 1 { (0..=255).find(|&c| self.has(c)) } else { None }
    }
}

/// Whether a set, as bytes, has a byte.
#[inline(always)]
pub fn has(set: &[u8; 32], c: u8) -> bool {
    set[(c >> 3) as usize] >> (c & 7) & 1 != 0
}

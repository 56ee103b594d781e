//! Sets in patterns: `[a-z%d_]`, `[^…]`, interpreted or compiled to a bitmap.

use super::class::{in_class, is_class};

const ESC: u8 = b'%';

/// A set of bytes.
#[derive(Clone, Copy)]
pub struct Set([u64; 4]);

/// The bytes of `%a`, `%b`, … `%z`; empty for letters that are no class.
static CLASS_SETS: [Set; 26] = {
    let mut sets = [Set::EMPTY; 26];
    let mut i = 0;
    while i < sets.len() {
        let class = b'a' + i as u8;
        let mut c = 0;
        while is_class(class) && c < 256 {
            if in_class(c as u8, class) {
                sets[i].0[c >> 6] |= 1 << (c & 63);
            }
            c += 1;
        }
        i += 1;
    }
    sets
};

impl Set {
    pub const EMPTY: Set = Set([0; 4]);

    #[inline(always)]
    pub fn has(&self, c: u8) -> bool {
        self.0[(c >> 6) as usize] >> (c & 63) & 1 != 0
    }

    /// Adds `low..=high`; nothing if that is empty.
    pub fn add_range(&mut self, low: u8, high: u8) {
        for c in low..=high {
            self.0[(c >> 6) as usize] |= 1 << (c & 63);
        }
    }

    /// Adds the bytes of `%class`.
    pub fn add_class(&mut self, class: u8) {
        if !is_class(class) {
            return self.add_range(class, class);
        }
        let kind = class.to_ascii_lowercase() - b'a';
        let mut members = CLASS_SETS[kind as usize];
        if class.is_ascii_uppercase() {
            members.negate();
        }
        for (word, more) in self.0.iter_mut().zip(members.0) {
            *word |= more;
        }
    }

    pub fn negate(&mut self) {
        for word in &mut self.0 {
            *word = !*word;
        }
    }
}

/// Offset behind the set whose `[` is at `p`; `None` if it is not closed.
pub fn end(pat: &[u8], p: usize) -> Option<usize> {
    let mut p = p + 1;
    if pat.get(p) == Some(&b'^') {
        p += 1;
    }
    // The first character is never the closing bracket.
    loop {
        let c = *pat.get(p)?;
        p += 1;
        if c == ESC && p < pat.len() {
            p += 1;
        }
        if pat.get(p) == Some(&b']') {
            return Some(p + 1);
        }
    }
}

/// The parts of the set `p..ep` (`[` … `]`): whether it is negated, then its items.
fn items(pat: &[u8], p: usize, ep: usize) -> (bool, Items<'_>) {
    let body = &pat[p + 1..ep - 1];
    match body {
        [b'^', rest @ ..] => (true, Items(rest)),
        _ => (false, Items(body)),
    }
}

enum Item {
    Class(u8),
    Range(u8, u8),
}

struct Items<'a>(&'a [u8]);

impl Iterator for Items<'_> {
    type Item = Item;
    #[inline]
    fn next(&mut self) -> Option<Item> {
        let (item, used) = match *self.0 {
            [] => return None,
            [ESC, class, ..] => (Item::Class(class), 2),
            // A lone escape at the end: its argument is the closing bracket.
            [ESC] => (Item::Class(b']'), 1),
            [low, b'-', high, ..] => (Item::Range(low, high), 3),
            [c, ..] => (Item::Range(c, c), 1),
        };
        self.0 = &self.0[used..];
        Some(item)
    }
}

/// Whether `c` is in the set `p..ep` of the pattern.
pub fn has(pat: &[u8], p: usize, ep: usize, c: u8) -> bool {
    let (negated, mut items) = items(pat, p, ep);
    negated
        != items.any(|item| match item {
            Item::Class(class) => in_class(c, class),
            Item::Range(low, high) => low <= c && c <= high,
        })
}

/// The set `p..ep` of the pattern as a bitmap.
pub fn compile(pat: &[u8], p: usize, ep: usize) -> Set {
    let (negated, items) = items(pat, p, ep);
    let mut set = Set::EMPTY;
    for item in items {
        match item {
            Item::Class(class) => set.add_class(class),
            Item::Range(low, high) => set.add_range(low, high),
        }
    }
    if negated {
        set.negate();
    }
    set
}

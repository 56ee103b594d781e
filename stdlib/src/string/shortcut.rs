//! The matcher's fast paths: runs of single-character items, and attempts that need not be made.
//!
//! A search jumps to candidates of the pattern's first item, and a repetition looks at the literal
//! byte that must follow before it tries the rest. Both only skip attempts that would fail without
//! an error, so that nothing but time changes.

use super::class::in_class;
use super::pattern::{ESC, MAX_CAPTURES, Matcher, SET_BYTES};
use super::set;

impl Matcher<'_> {
    pub(super) fn in_set(&self, c: u8, p: usize, ep: usize) -> bool {
        if self.set_at == p { self.set.has(c) } else { set::has(self.pat, p, ep, c) }
    }

    fn compile_set(&mut self, p: usize, ep: usize) {
        if self.set_at != p {
            self.set = set::compile(self.pat, p, ep);
            self.set_at = p;
        }
    }

    /// How many bytes from `s` on are in the item `p..ep`.
    pub(super) fn run(&mut self, s: usize, p: usize, ep: usize) -> usize {
        let rest = &self.src[s..];
        let stop = match self.pat[p] {
            b'.' => None,
            ESC => {
                let class = self.pat[p + 1];
                rest.iter().position(|&c| !in_class(c, class))
            }
            b'[' => {
                self.work += (ep - p) as u64 / SET_BYTES;
                // A set is worth compiling once it matched a few times.
                let direct = rest.len().min(4);
                match rest[..direct].iter().position(|&c| !self.in_set(c, p, ep)) {
                    Some(stop) => Some(stop),
                    None => {
                        self.compile_set(p, ep);
                        let set = &self.set;
                        rest[direct..].iter().position(|&c| !set.has(c)).map(|i| i + direct)
                    }
                }
            }
            literal => rest.iter().position(|&c| c != literal),
        };
        stop.unwrap_or(rest.len())
    }

    /// The first offset from `s` on whose byte is in the item `p..ep`.
    pub(super) fn next_single(&mut self, s: usize, p: usize, ep: usize) -> Option<usize> {
        let rest = self.src.get(s..)?;
        let found = match self.pat[p] {
            b'.' => (!rest.is_empty()).then_some(0),
            ESC => {
                let class = self.pat[p + 1];
                rest.iter().position(|&c| in_class(c, class))
            }
            b'[' => {
                self.work += (ep - p) as u64 / SET_BYTES;
                if self.set_at != p && rest.first().is_some_and(|&c| self.in_set(c, p, ep)) {
                    return Some(s);
                }
                self.compile_set(p, ep);
                let set = &self.set;
                rest.iter().position(|&c| set.has(c))
            }
            literal => memchr::memchr(literal, rest),
        }?;
        self.work += found as u64 / 8;
        Some(s + found)
    }

    /// The single-character item every match must begin with, if the pattern begins with one
    /// (after parentheses). `None` also when the pattern is malformed there.
    pub(super) fn first_item(&self) -> Option<(usize, usize)> {
        let mut p = 0;
        while self.pat(p) == b'(' && p < MAX_CAPTURES {
            p += if self.pat(p + 1) == b')' { return None } else { 1 };
        }
        let ep = match *self.pat.get(p)? {
            b'(' | b')' | b'$' => return None,
            ESC => match *self.pat.get(p + 1)? {
                b'b' | b'f' | b'0'..=b'9' => return None,
                _ => p + 2,
            },
            b'[' => set::end(self.pat, p)?,
            _ => p + 1,
        };
        match self.pat(ep) {
            b'*' | b'?' | b'-' => None,
            _ => Some((p, ep)),
        }
    }

    /// The literal byte that whatever matches from `p` on must begin with, if that is known.
    #[inline]
    pub(super) fn literal_next(&self, mut p: usize) -> Option<u8> {
        let room = self.room();
        if room == 0 {
            return None; // the attempt itself is an error
        }
        if self.pat(p) == b')' {
            // It closes a capture, unless there is none to close, which is an error.
            if room == 1 || self.open_capture().is_none() {
                return None;
            }
            p += 1;
        }
        let c = *self.pat.get(p)?;
        let (c, ep) = match c {
            b'(' | b')' | b'$' | b'.' | b'[' => return None,
            ESC => match *self.pat.get(p + 1)? {
                c if c.is_ascii_alphanumeric() => return None,
                c => (c, p + 2),
            },
            _ => (c, p + 1),
        };
        match self.pat(ep) {
            b'*' | b'?' | b'-' => None,
            _ => Some(c),
        }
    }
}

/// Whether a pattern means nothing but itself.
pub fn is_plain(pat: &[u8]) -> bool {
    !pat.iter().any(|c| b"^$*+?.([%-".contains(c))
}

//! Interned byte strings: every identifier and every string constant of a chunk.
//!
//! One symbol space serves both, so `t.x` and `t["x"]` carry the same [`Sym`] and two symbols are
//! equal exactly when their bytes are. UTF-8 text lives in a `string-interner`; the rare byte
//! strings that are not UTF-8 live beside it. Symbols are numbered by first use, which makes
//! everything derived from them deterministic.

use std::collections::HashMap;

use string_interner::{DefaultBackend, StringInterner, Symbol, symbol::SymbolU32};

/// An interned byte string.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sym(u32);

/// Marks symbols of byte strings that are not UTF-8.
const RAW: u32 = 1 << 31;

impl Sym {
    /// The symbol as a plain number, for token payloads and side tables keyed by symbol.
    pub const fn raw(self) -> u32 {
        self.0
    }

    pub(crate) const fn from_raw(raw: u32) -> Sym {
        Sym(raw)
    }
}

/// Names of the shortest texts: those that every chunk has, and a few of its own.
const FEWEST: usize = 7;

/// The interner of a chunk.
#[derive(Clone, Default)]
pub struct Names {
    text: StringInterner<DefaultBackend>,
    raw: Vec<Box<[u8]>>,
    raw_index: HashMap<Box<[u8]>, u32>,
}

impl Names {
    /// An empty interner.
    pub fn new() -> Names {
        Names::default()
    }

    /// An empty interner for a text of so many bytes: what a short one needs is allocated at once.
    pub(crate) fn for_text(bytes: usize) -> Names {
        let names = FEWEST + bytes.min(4096) / 32;
        Names { text: StringInterner::with_capacity(names), ..Names::default() }
    }

    /// The symbol of `text`.
    #[inline]
    pub fn intern_str(&mut self, text: &str) -> Sym {
        Sym(self.text.get_or_intern(text).to_usize() as u32)
    }

    /// The symbol of any byte string.
    #[inline]
    pub fn intern(&mut self, bytes: &[u8]) -> Sym {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.intern_str(text),
            Err(_) => self.intern_raw(bytes),
        }
    }

    fn intern_raw(&mut self, bytes: &[u8]) -> Sym {
        if let Some(&at) = self.raw_index.get(bytes) {
            return Sym(at | RAW);
        }
        let at = self.raw.len() as u32;
        self.raw.push(bytes.into());
        self.raw_index.insert(bytes.into(), at);
        Sym(at | RAW)
    }

    /// The symbol of `bytes` if they were interned before.
    pub fn lookup(&self, bytes: &[u8]) -> Option<Sym> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text.get(text).map(|s| Sym(s.to_usize() as u32)),
            Err(_) => self.raw_index.get(bytes).map(|&at| Sym(at | RAW)),
        }
    }

    /// The bytes of a symbol of this interner; empty for a symbol of another one.
    #[inline]
    pub fn bytes(&self, sym: Sym) -> &[u8] {
        if sym.0 & RAW == 0 {
            let text = SymbolU32::try_from_usize(sym.0 as usize).and_then(|s| self.text.resolve(s));
            text.unwrap_or("").as_bytes()
        } else {
            self.raw.get((sym.0 & !RAW) as usize).map_or(&[], |b| b)
        }
    }

    /// The bytes of a symbol as text for people, with anything that is not UTF-8 replaced.
    pub fn text(&self, sym: Sym) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.bytes(sym))
    }

    /// Number of symbols of UTF-8 strings; their raw numbers are `0..text_len()`.
    pub fn text_len(&self) -> usize {
        self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_are_equal_symbols() {
        let mut names = Names::new();
        let a = names.intern(b"a");
        let bad = names.intern(b"\xff");
        assert_eq!(names.intern_str("a"), a);
        assert_eq!(names.intern(b"\xff"), bad);
        assert_ne!(a, bad);
        assert_eq!(names.bytes(bad), b"\xff");
        assert_eq!(names.bytes(a), b"a");
        assert_eq!(names.lookup(b"zz"), None);
    }
}
